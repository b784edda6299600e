import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { afterAll, beforeAll } from 'vitest';

type Rows = readonly (readonly DuckDBValue[])[];

/** A Parquet file as DuckDB finds it, without being told anything about it. */
interface Read {
  /** Name and type of each column. */
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: Rows;
}

/** DuckDB for the tests of one file. */
export function parquetReader() {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  });
  afterAll(() => instance.closeSync());

  async function query(question: string, path: string) {
    const connection = await instance.connect();
    try {
      return await connection.runAndReadAll(question.replaceAll('FILE', `'${path}'`));
    } finally {
      connection.closeSync();
    }
  }
  return {
    async read(path: string): Promise<Read> {
      const found = await query('from FILE', path);
      const types = found.columnTypes();
      return { columns: found.columnNames().map((name, at) => [name, String(types[at])]), rows: found.getRows() };
    },
    /** What it answers; `FILE` in the question is the file. */
    async ask(path: string, question: string): Promise<Rows> {
      return (await query(question, path)).getRows();
    },
  };
}
