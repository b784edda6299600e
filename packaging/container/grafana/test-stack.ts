/** A pcd in front of a VictoriaMetrics, as compose.yaml joins them, and the questions that Grafana would ask of the dashboard. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bin, startVictoriaMetrics } from '@perfcollector/testing';

/** What an answer holds of one line of a panel: its labels, and the values of all steps. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export interface Stack extends AsyncDisposable {
  readonly directory: string;
  readonly server: string;
  readonly adminKey: string;
  /** Sends what an agent would: samples. */
  send(identifier: string, measurements: readonly object[]): Promise<void>;
  /** Makes visible what pcd has taken. */
  flush(): Promise<void>;
  /** Asks as Grafana does, with the dashboard's variables filled in. @param at Unix seconds, the end */
  ask(query: string, machine: string, at: number): Promise<readonly Series[]>;
  /** Asks for the values of a label. */
  labels(query: string, machine: string): Promise<readonly string[]>;
}

const SPAN_SECONDS = 20;
const STEP_SECONDS = 2;

export async function startStack(): Promise<Stack> {
  // Else the newest half minute is left out of answers.
  const engine = await startVictoriaMetrics(['-search.latencyOffset=1ms']);
  const directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
  const home = join(directory, 'home');
  const pcd = spawn(bin('pcd'), [
    '--listen',
    '127.0.0.1:0',
    '--home',
    home,
    '--store',
    `victoriametrics+${engine.url}`,
  ]);
  const server = await addressOf(pcd);
  const get = async (path: string, parameters: Record<string, string>) => {
    const answer = await fetch(`${engine.url}${path}?${new URLSearchParams(parameters)}`);
    const reply = (await answer.json()) as { data: unknown; error?: string };
    if (!answer.ok) throw new Error(`${parameters.query}: ${reply.error}`);
    return reply.data;
  };
  const adminKey = readFileSync(join(home, 'admin.key'), 'utf8').trim();
  return {
    directory,
    server,
    adminKey,
    async send(identifier, measurements) {
      const headers = { 'x-api-key': adminKey, 'content-type': 'application/json' };
      const body = JSON.stringify({ identifier, measurements });
      const answer = await fetch(`${server}/v1/trickle`, { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(`pcd answered ${answer.status}: ${await answer.text()}`);
    },
    flush: engine.flush,
    async ask(query, machine, at) {
      const span = { start: `${at - SPAN_SECONDS}`, end: `${at}`, step: `${STEP_SECONDS}`, nocache: '1' };
      return ((await get('/api/v1/query_range', { query: filledIn(query, machine), ...span })) as { result: Series[] })
        .result;
    },
    async labels(query, machine) {
      const [, match = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(filledIn(query, machine)) ?? [];
      return (await get(`/api/v1/label/${label}/values`, { 'match[]': match })) as string[];
    },
    async [Symbol.asyncDispose]() {
      pcd.kill('SIGTERM');
      await once(pcd, 'close');
      await engine[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Grafana's variables, those with a choice at "All". */
function filledIn(query: string, machine: string): string {
  const variables: Readonly<Record<string, string>> = {
    tenant: 'default',
    machine,
    disk: '.+',
    interface: '.+',
    __rate_interval: `${2 * STEP_SECONDS}s`,
    __interval: `${STEP_SECONDS}s`,
    __range: `${SPAN_SECONDS}s`,
  };
  return query.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => (name === '1' ? whole : (variables[name] ?? '?')));
}

async function addressOf(pcd: ChildProcess): Promise<string> {
  let said = '';
  pcd.stderr?.on('data', (text) => {
    said += text;
  });
  for await (const line of createInterface({ input: pcd.stdout as NodeJS.ReadableStream })) {
    const server = / listening on (\S+),/.exec(line)?.[1];
    if (server !== undefined) return server;
  }
  throw new Error(`pcd did not start: ${said}`);
}
