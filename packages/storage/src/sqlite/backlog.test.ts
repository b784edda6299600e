import { describe, expect, it } from 'vitest';
import { Backlog } from './backlog.ts';
import { HOUR_MS } from './time.ts';

/** A backlog whose clock the test sets; hours are counted from 0. */
function at(startMs: number) {
  const clock = { ms: startMs };
  const backlog = new Backlog({ now: () => clock.ms, elapsed: () => clock.ms });
  const ready = () => {
    const hours: string[] = [];
    for (let next = backlog.next(); next; next = backlog.next()) hours.push(`${next.machine}:${next.hourMs / HOUR_MS}`);
    return hours;
  };
  const note = (machine: number, hour: number, bytes = 100) => backlog.note(machine, hour * HOUR_MS + 5, bytes);
  return { backlog, clock, ready, note };
}

describe('an hour may be sealed', () => {
  it('when its machine is two hours further, whatever the clock says', () => {
    const { ready, note } = at(0);
    for (const hour of [10, 11, 10, 11, 12]) note(1, hour);
    expect(ready()).toEqual(['1:10']);
    note(1, 13);
    expect(ready()).toEqual(['1:11']);
  });

  it('not while one live hour and one of a spool are filled in turn', () => {
    const { ready, note } = at(0);
    for (let turn = 0; turn < 50; turn += 1) {
      note(1, 100);
      note(1, 7);
    }
    expect(ready()).toEqual([]);
    note(1, 100);
    note(1, 8);
    expect(ready()).toEqual(['1:7']);
  });

  it('when it ended and nothing came for it in a while', () => {
    const { backlog, clock, ready, note } = at(10.5 * HOUR_MS);
    note(1, 10);
    note(2, 9);
    clock.ms += 4 * 60_000;
    backlog.sweep();
    expect(ready()).toEqual([]);
    note(2, 9);
    clock.ms += 2 * 60_000;
    backlog.sweep();
    expect(ready()).toEqual([]);
    clock.ms += 4 * 60_000;
    backlog.sweep();
    expect(ready()).toEqual(['2:9']);
    clock.ms = 11 * HOUR_MS;
    backlog.sweep();
    expect(ready()).toEqual(['1:10']);
  });

  it('in part when very much came for it', () => {
    const { ready, note } = at(0);
    for (let part = 0; part < 4; part += 1) note(1, 10, 700_000);
    expect(ready()).toEqual(['1:10']);
    note(1, 10, 700_000);
    expect(ready()).toEqual([]);
  });
});
