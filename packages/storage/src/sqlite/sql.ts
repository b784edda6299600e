import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type Sql = (text: string) => StatementSync;

/** Each statement is prepared once. */
export function preparer(db: DatabaseSync): Sql {
  const statements = new Map<string, StatementSync>();
  return (text) => {
    const statement = statements.get(text) ?? db.prepare(text);
    statements.set(text, statement);
    return statement;
  };
}
