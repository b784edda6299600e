/** Runs statements in a DuckDB of its own, in memory, and ends: `node duckdb-run.ts 'SET …' 'COPY …'`. */
import { availableParallelism } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) });
const connection = await instance.connect();
for (const statement of process.argv.slice(2)) await connection.run(statement);
