import { EventEmitter, once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { type Pace, press as pressPace } from './pace.ts';
import type { Listener, Screen } from './screen.ts';
import { runSession, type SessionSetup } from './session.ts';

interface Controls extends Pace {
  readonly isLoud: boolean;
}

const press = (controls: Controls, key: string) =>
  key === 'l' ? { ...controls, isLoud: true } : pressPace(controls, key);

/** A session on a screen that keeps what is drawn on it. */
function start(change: Partial<SessionSetup<number, Controls>> & { isLive?: boolean } = {}) {
  const { isLive = true, ...setup } = change;
  const told = new EventEmitter();
  const drawn: Controls[] = [];
  const state = { taken: 0, closed: 0, listener: undefined as Listener | undefined };
  const screen: Screen = {
    ...{ isLive, hasKeys: isLive, size: { columns: 80, rows: 24 } },
    show: async () => {},
    close() {
      state.closed += 1;
    },
  };
  const done = runSession({
    controls: { interval: 5, isLoud: false, isPaused: false, isOver: false },
    press,
    hasLead: true,
    count: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    open(listener) {
      state.listener = listener;
      return screen;
    },
    async take() {
      state.taken += 1;
      return state.taken;
    },
    async draw(_, __, controls) {
      drawn.push(controls);
      told.emit('drawn');
    },
    ...setup,
  });
  return { state, drawn, done, press: (key: string) => state.listener?.onKey(key), drawing: () => once(told, 'drawn') };
}

describe('a session', () => {
  test('counts the frames that have rates; a live screen shows the sample before them too', async () => {
    const live = start({ count: 2 });
    const plain = start({ count: 2, isLive: false });
    await Promise.all([live.done, plain.done]);
    expect([live.state.taken, live.drawn.length]).toEqual([3, 3]);
    expect([plain.state.taken, plain.drawn.length]).toEqual([3, 2]);
  });

  test('counts every frame where the first is whole', async () => {
    const plain = start({ count: 2, isLive: false, hasLead: false });
    await plain.done;
    expect([plain.state.taken, plain.drawn.length]).toEqual([2, 2]);
  });

  test('gives the terminal back when sampling fails, and passes the error on', async () => {
    const failing = start({ take: () => Promise.reject(new Error('no such luck')) });
    await expect(failing.done).rejects.toThrow('no such luck');
    expect(failing.state.closed).toBe(1);
  });

  test('takes no sample while it is paused, and draws what a key changes', async () => {
    const { state, drawn, press, drawing, done } = start();
    press(' ');
    await drawing();
    press('+');
    await drawing();
    press('l');
    await drawing();
    expect(state.taken).toBe(1);
    expect(drawn.at(-1)).toEqual({ interval: 250, isLoud: true, isPaused: true, isOver: false });
    press('q');
    await done;
    expect(state).toMatchObject({ taken: 1, closed: 1 });
  });

  test('samples again when the pause is over', async () => {
    const { state, press, drawing, done } = start({ count: 1 });
    press(' ');
    await drawing();
    expect(state.taken).toBe(1);
    press(' ');
    await done;
    expect(state.taken).toBe(2);
  });

  test('takes no second sample where it is told to end before', async () => {
    const stopped = start({ signal: AbortSignal.abort('SIGTERM') });
    await stopped.done;
    expect(stopped.state).toMatchObject({ closed: 1 });
    expect(stopped.state.taken).toBeLessThan(2);
  });
});
