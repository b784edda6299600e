import { describe, expect, it } from 'vitest';
import { stateOf } from './liveness.ts';
import { startServer } from './test-server.ts';

const SEEN = 1_768_000_000;

describe('the state of a machine', () => {
  const table: readonly [interval: number | null, live: number, late: number][] = [
    [10, 25, 160],
    [0.25, 5.5, 62.5],
    [3600, 7205, 36_060],
    [null, 125, 660],
  ];
  for (const [interval, live, late] of table) {
    it(`with an interval of ${interval} s is live for ${live} s of silence, late for ${late} s, then gone`, () => {
      const after = (silence: number) => stateOf({ seen: SEEN, interval }, SEEN + silence);
      expect([after(0), after(live)]).toEqual(['live', 'live']);
      expect([after(live + 0.001), after(late)]).toEqual(['late', 'late']);
      expect([after(late + 0.001), after(1e9)]).toEqual(['gone', 'gone']);
    });
  }

  it('is live where the clock of the server was set back', () => {
    expect(stateOf({ seen: SEEN, interval: 10 }, SEEN - 3600)).toBe('live');
  });

  it('is gone where nobody knows when something of it came', () => {
    expect(stateOf({ seen: null, interval: 10 }, SEEN)).toBe('gone');
  });
});

it('a machine goes from live to late to gone by its own interval, and a sample brings it back, however old', async () => {
  await using server = await startServer();
  const key = await server.keyWith(['ingest']);
  const old = 1_767_000_000;
  const header = { collection: 1, run: 'r', identifier: 'web01', started: old, interval: 2, agent: 'pcc 1.0.0' };
  const send = (measurements: readonly object[]) =>
    server.as(key, { method: 'POST', url: '/v1/trickle', payload: { identifier: 'web01', measurements } });
  const machine = async () =>
    (await server.as(server.admin, { url: '/v1/machines/web01' })).json<{ seen: number; state: string }>();
  const stateAfter = async (seconds: number) => {
    server.clock.now = (await machine()).seen + seconds;
    const { machines } = (await server.as(server.admin, { url: '/v1/machines' })).json();
    const { state } = await machine();
    expect(machines).toMatchObject([{ id: 'web01', interval: 2, state }]);
    return state;
  };
  await send([header, { timestamp: old, run: 'r', seq: 1, fields: {} }]);
  expect([await stateAfter(0), await stateAfter(9), await stateAfter(10), await stateAfter(81)]).toEqual([
    ...['live', 'live', 'late', 'gone'],
  ]);
  const { seen } = await machine();
  while (Date.now() / 1000 <= seen) await new Promise(setImmediate);
  await send([{ timestamp: old + 2, run: 'r', seq: 2, fields: {} }]);
  expect((await machine()).seen).toBeGreaterThan(seen);
  expect(await stateAfter(1)).toBe('live');
});
