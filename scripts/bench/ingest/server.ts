import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../child.ts';
import type { Body } from './bodies.ts';
import { type Posted, postAll, type Target } from './http.ts';
import type { Machine } from './machine.ts';

export type ServerName = 'pcd' | 'VictoriaMetrics' | 'InfluxDB';

/** One way to send samples. */
export interface Protocol {
  readonly name: string;
  readonly target: Target;
  bodies(machine: Machine): Iterable<Body>;
}

/** A server that is measured: it runs in a directory of its own and listens on loopback. */
export interface Server extends AsyncDisposable {
  readonly name: ServerName;
  readonly child: Child;
  readonly url: string;
  /** The best first. */
  readonly protocols: readonly Protocol[];
  /** Writes what waits in memory or in rows into the form of files that stay, as the server does in time by itself. */
  flush(): Promise<void>;
  /** Merges and compacts all of it. */
  compact(): Promise<void>;
  /** Bytes of all files that hold its data. */
  bytesOnDisk(): number;
}

/** Sends machines one after the other, encoding as it goes: nobody looks at the clock. */
export function load(server: Server, machines: readonly Machine[]): Promise<Posted> {
  const [protocol] = server.protocols;
  if (!protocol) throw new Error('BUG: a server without a protocol');
  return postAll(protocol.target, allBodies(protocol, machines));
}

export function* allBodies(protocol: Protocol, machines: readonly Machine[]): Generator<Body> {
  for (const machine of machines) yield* protocol.bodies(machine);
}

const LOOK_MS = 500;
/** A server that is never idle is looked at no longer than this. */
const LONGEST_MS = 120_000;
/** A share of a processor that is no work. */
const IDLE_SHARE = 0.03;

/**
 * Waits until a server has had nothing to do for some seconds: merging, sealing and garbage collection go on after the
 * last answer. @returns the seconds on a processor that it had used when it became idle
 */
export async function untilIdle(child: Child, quietSeconds = 3): Promise<number> {
  let used = child.processorSeconds();
  let settled = used;
  const end = performance.now() + LONGEST_MS;
  for (let quiet = 0; quiet * LOOK_MS < quietSeconds * 1000 && performance.now() < end; ) {
    await delay(LOOK_MS);
    const now = child.processorSeconds();
    const isBusy = now - used > (IDLE_SHARE * LOOK_MS) / 1000;
    quiet = isBusy ? 0 : quiet + 1;
    if (isBusy) settled = now;
    used = now;
  }
  return settled;
}

/** Bytes of the files in a directory and all below it, but for directories of a name; holes in files take no place. */
export function bytesBelow(directory: string, leftOut?: string): number {
  if (!existsSync(directory)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += entry.name === leftOut ? 0 : bytesBelow(path, leftOut);
    else bytes += bytesOf(path);
  }
  return bytes;
}

const BLOCK_BYTES = 512;

function bytesOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? Math.min(stat.size, stat.blocks * BLOCK_BYTES) : 0; // a merge may have removed it meanwhile
}
