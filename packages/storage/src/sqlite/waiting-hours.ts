import type { Backlog } from './backlog.ts';
import type { Sql } from './sql.ts';
import { HOUR_MS, hourOf } from './time.ts';

/** Takes note of the hours that waited when the store was closed, the oldest first. */
export function noteWaitingHours(sql: Sql, backlog: Backlog): void {
  const next = sql('SELECT min(ms) AS ms FROM waiting WHERE machine = ? AND ms >= ?');
  for (const { id } of sql('SELECT id FROM machine').all() as { id: number }[]) {
    for (let from = 0; ; ) {
      const ms = next.get(id, from)?.ms as number | null;
      if (ms === null) break;
      backlog.note(id, ms, 0);
      from = hourOf(ms) + HOUR_MS;
    }
  }
}
