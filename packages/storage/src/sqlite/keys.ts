import type { AuditEntry, StoredKey, TimeRange } from '../store.ts';
import type { Sql } from './sql.ts';

const KEY_COLUMNS =
  'id, hash, tenant, name, scopes, created, expires, machines, last_used, previous_hash, previous_until';

interface KeyRow extends Omit<StoredKey, 'scopes' | 'previous'> {
  readonly scopes: string;
  readonly previous_hash: Uint8Array | null;
  readonly previous_until: number | null;
}

interface AuditRow extends Omit<AuditEntry, 'detail'> {
  readonly detail: string;
}

/** What is done with keys, and the log of what administrators did. */
export function keyOperations(sql: Sql) {
  return {
    keys(): StoredKey[] {
      const rows = sql(`SELECT ${KEY_COLUMNS} FROM key ORDER BY created, id`).all() as unknown as KeyRow[];
      return rows.map(({ scopes, previous_hash, previous_until, ...row }) => ({
        ...row,
        scopes: scopes.split(' '),
        previous:
          previous_hash === null || previous_until === null ? null : { hash: previous_hash, until: previous_until },
      }));
    },

    /** Adds a key, or replaces the one of the same id. */
    putKey({ id, hash, tenant, name, scopes, created, expires, machines, last_used, previous }: StoredKey): void {
      sql(`INSERT OR REPLACE INTO key (${KEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(
        ...[id, hash, tenant, name, scopes.join(' '), created, expires, machines, last_used],
        ...[previous?.hash ?? null, previous?.until ?? null],
      );
    },

    deleteKey(id: string): void {
      sql('DELETE FROM key WHERE id = ?').run(id);
    },

    noteKeyUse(used: Readonly<Record<string, number>>): void {
      for (const [id, time] of Object.entries(used)) sql('UPDATE key SET last_used = ? WHERE id = ?').run(time, id);
    },

    addAudit({ time, tenant, key, address, action, target, detail }: AuditEntry): void {
      sql('INSERT INTO audit (time, tenant, key, address, action, target, detail) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
        time,
        tenant,
        key,
        address,
        action,
        target,
        JSON.stringify(detail),
      );
    },

    audit({ tenant, limit, from, to }: { tenant?: string | undefined; limit: number } & TimeRange): AuditEntry[] {
      const rows = sql(`
        SELECT time, tenant, key, address, action, target, detail FROM audit
        WHERE (:tenant IS NULL OR tenant = :tenant) AND time >= :from AND time <= :to
        ORDER BY id DESC LIMIT :limit`).all({
        tenant: tenant ?? null,
        from: from ?? 0,
        to: to ?? Number.MAX_VALUE,
        limit,
      }) as unknown as AuditRow[];
      return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as AuditEntry['detail'] }));
    },
  };
}
