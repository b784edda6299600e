import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Child, Children } from './child.ts';

/** The installed program. */
export const PCC = join(fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url)), 'pcc');

/** What every part of the bench needs. */
export interface Bench {
  readonly children: Children;
  /** Aborted when the bench ends, also before its time. */
  readonly stopped: AbortSignal;
  /** For files; it goes when the bench ends. */
  readonly directory: string;
  readonly isQuick: boolean;
  /** For every pcc: `--sources=…`. */
  readonly agentArgs: readonly string[];
}

/** A pcc that writes a collection, and how far it is. */
export interface AgentRun {
  readonly child: Child;
  readonly path: string;
  /** Samples in the file. */
  samples(): number;
  reached(samples: number): Promise<void>;
  stop(): Promise<void>;
}

let runs = 0;

export function startLocal({ children, directory, agentArgs }: Bench, frequency: string): AgentRun {
  const path = join(directory, `local-${++runs}.json`);
  closeSync(openSync(path, 'w'));
  const args = ['--collection', path, '--frequency', frequency, '--duration', '1h', '--log-level', 'silent'];
  const child = children.start(PCC, [...args, ...agentArgs], { env: withoutSettings() });
  const lines = new LineCount(path);
  const samples = () => Math.max(0, lines.count() - 1); // the header is one
  return {
    child,
    path,
    samples,
    async reached(wanted) {
      while (samples() < wanted && child.pid) await delay(1);
    },
    async stop() {
      await child.stop();
      lines.close();
    },
  };
}

/** A pcc that sends; what cannot be sent goes into the directory. */
export function startTrickle(
  { children, directory, agentArgs }: Bench,
  { server, key, frequency }: { server: string; key: string; frequency: string },
): Child {
  const args = ['--mode', 'trickle', '--server', server, '--apikey-file', key, '--identifier', 'bench'];
  const rest = ['--collection', join(directory, 'unsent.json'), '--frequency', frequency, '--duration', '1h'];
  return children.start(PCC, [...args, ...rest, '--log-level', 'silent', ...agentArgs], { env: withoutSettings() });
}

/** The kernel's files that a pcc holds open. */
export function kernelFilesOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  const targets = readdirSync(directory).map((name) => readlinkSync(join(directory, name)));
  // A process's own files (mountinfo, net/dev) are another's under another number, and the kernel calls some deleted.
  const paths = targets.map((target) => target.replace(/ \(deleted\)$/, '').replace(/^\/proc\/\d+\//, '/proc/self/'));
  return [...new Set(paths)].filter((path) => /^\/(proc|sys)\//.test(path)).sort();
}

/** Settings that the user has for real use must not reach into the bench. */
export function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PC(C|D|CTL|R)_/.test(name)));
}

/** Counts the lines of a file that grows, reading only what is new. */
class LineCount {
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(1 << 20);
  #offset = 0;
  #lines = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
  }

  count(): number {
    for (;;) {
      const bytes = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, this.#offset);
      if (bytes === 0) return this.#lines;
      const read = this.#buffer.subarray(0, bytes);
      for (let at = read.indexOf(10); at >= 0; at = read.indexOf(10, at + 1)) this.#lines += 1;
      this.#offset += bytes;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
