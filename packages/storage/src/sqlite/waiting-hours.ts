import type { MachineHour } from './backlog.ts';
import type { Sql } from './sql.ts';
import { HOUR_MS, hourOf } from './time.ts';

/** The hours of which samples wait, machine by machine, each machine's oldest first. */
export function* waitingHours(sql: Sql): Generator<MachineHour> {
  const next = sql('SELECT min(ms) AS ms FROM waiting WHERE machine = ? AND ms >= ?');
  for (const { machine } of sql('SELECT id AS machine FROM machine').all() as { machine: number }[]) {
    for (let from = 0; ; ) {
      const ms = next.get(machine, from)?.ms as number | null;
      if (ms === null) break;
      const hourMs = hourOf(ms);
      yield { machine, hourMs };
      from = hourMs + HOUR_MS;
    }
  }
}
