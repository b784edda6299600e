import { PassThrough, Readable, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** A run of a program inside the test: what it printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly stdin?: Readable | string | Uint8Array;
  /** Where standard output goes instead of being read. */
  readonly into?: Writable;
  /** Told of each piece of standard error as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** What every program's `main` takes of its process. */
interface TestIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

type Main = (argv: readonly string[], io: TestIo) => Promise<number>;

/** Runs a program's `main` in a process of the test's making. */
export async function runMain(main: Main, argv: readonly string[], setting: Setting = {}): Promise<Ran> {
  const { env = {}, signal = new AbortController().signal, stdin = '', into } = setting;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  if (setting.onStderr) stderr.on('data', (chunk) => setting.onStderr?.(String(chunk)));
  const input = stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)], { objectMode: false });
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await main(argv, { stdin: input, stdout: into ?? stdout, stderr, env, signal });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
}
