import { type Completeness, totalOf } from '../completeness.ts';
import type { MachineRef, MachineSummary, StoreStats, TenantTotals, TimeRange } from '../store.ts';
import type { ReadTables } from './reading.ts';
import { sampleAt } from './reading.ts';
import { runsReceived } from './received.ts';
import type { Sql } from './sql.ts';

const SUMMARY = `
  SELECT name AS id, samples, seen,
    (SELECT min(ms) / 1000.0 FROM (
      SELECT min(ms) AS ms FROM waiting WHERE machine = machine.id
      UNION ALL SELECT min(first_ms) FROM chunk WHERE machine = machine.id)) AS first,
    (SELECT max(ms) / 1000.0 FROM (
      SELECT max(ms) AS ms FROM waiting WHERE machine = machine.id
      UNION ALL SELECT last_ms FROM (SELECT last_ms FROM chunk WHERE machine = machine.id ORDER BY first_ms DESC LIMIT 1))) AS last,
    (SELECT count(*) FROM run WHERE machine = machine.id) AS runs,
    (SELECT header ->> 'interval' FROM run WHERE machine = machine.id ORDER BY started DESC LIMIT 1) AS interval
  FROM machine`;

/** What there is, counted; called inside a transaction. */
export function summaryOperations(tables: ReadTables) {
  const { sql } = tables;
  return {
    machines(tenant: string): MachineSummary[] {
      return sql(`${SUMMARY} WHERE tenant = ? ORDER BY name`).all(tenant) as unknown as MachineSummary[];
    },

    machine({ tenant, machine }: MachineRef): (MachineSummary & { header: string | null }) | undefined {
      const summary = sql(`${SUMMARY} WHERE tenant = ? AND name = ?`).get(tenant, machine);
      if (!summary) return undefined;
      const newest = 'SELECT header FROM run WHERE machine = ? ORDER BY started DESC LIMIT 1';
      const header = sql(newest).get(machineId(sql, { tenant, machine }) ?? 0)?.header as string | undefined;
      return { ...(summary as unknown as MachineSummary), header: header ?? null };
    },

    completeness({ from, to, ...ref }: MachineRef & TimeRange): Completeness | undefined {
      const machine = sql(
        'SELECT id, unnumbered AS samples, unnumbered_duplicates AS duplicates FROM machine WHERE tenant = ? AND name = ?',
      ).get(ref.tenant, ref.machine) as { id: number; samples: number; duplicates: number | null } | undefined;
      if (!machine) return undefined;
      const { id, ...unnumbered } = machine;
      const runs = runsReceived(sql, { machine: id, sampleAt: (ms) => sampleAt(tables, id, ms) }, { from, to });
      return { id: ref.machine, runs, total: totalOf(runs), unnumbered };
    },

    totals(tenant: string): TenantTotals {
      const count = 'SELECT count(*) AS machines, coalesce(sum(samples), 0) AS samples FROM machine WHERE tenant = ?';
      const times = sql(`SELECT min(first) AS first, max(last) AS last FROM (${SUMMARY} WHERE tenant = ?)`).get(tenant);
      return { ...sql(count).get(tenant), ...times, bytes: bytesOf(sql) } as unknown as TenantTotals;
    },

    stats(): StoreStats {
      const counts = sql(`
        SELECT (SELECT count(*) FROM machine) AS machines, (SELECT coalesce(sum(samples), 0) FROM machine) AS samples,
          (SELECT coalesce(sum(samples), 0) FROM chunk) AS sealed, (SELECT count(*) FROM chunk) AS chunks`).get();
      const { sealed, ...rest } = counts as unknown as Record<'machines' | 'samples' | 'sealed' | 'chunks', number>;
      const times = sql(`SELECT min(first) AS first, max(last) AS last FROM (${SUMMARY})`).get();
      return { ...rest, ...times, bytes: bytesOf(sql), rows: rest.samples - sealed } as unknown as StoreStats;
    },
  };
}

export function machineId(sql: Sql, { tenant, machine }: MachineRef): number | undefined {
  return sql('SELECT id FROM machine WHERE tenant = ? AND name = ?').get(tenant, machine)?.id as number | undefined;
}

export function bytesOf(sql: Sql): number {
  return sql('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get()?.bytes as number;
}
