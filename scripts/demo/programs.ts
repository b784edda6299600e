import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url));

/** The installed programs, run in a home of their own. */
export interface Programs {
  /** Runs a program to its end and gives what it printed. @throws Error with what it said, where it failed */
  run(name: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  /** Starts pcd on a free loopback port and gives its address when it listens. */
  serve(): Promise<string>;
  /** Ends what runs, and waits for it. */
  stopAll(): Promise<void>;
}

export function openPrograms(directory: string, signal: AbortSignal): Programs {
  const running = new Set<ChildProcess>();
  const settings: Record<string, string> = { PCD_HOME: join(directory, 'home') };

  const start = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess => {
    signal.throwIfAborted();
    const child = spawn(join(BIN, name), args, {
      cwd: directory,
      env: { ...withoutOurs(process.env), ...settings, ...env },
    });
    running.add(child);
    child.on('close', () => running.delete(child));
    return child;
  };
  const stopAll = async () => {
    const ended = [...running].map((child) => once(child, 'close'));
    for (const child of running) child.kill('SIGTERM');
    await Promise.all(ended);
  };
  signal.addEventListener('abort', stopAll);

  return {
    async run(name, args, env) {
      const child = start(name, args, env);
      const [stdout, stderr, [code]] = await Promise.all([
        textOf(child.stdout),
        textOf(child.stderr),
        once(child, 'close'),
      ]);
      signal.throwIfAborted();
      if (code !== 0) throw new Error(`${name} failed: ${stderr}${stdout}`);
      return stdout;
    },
    async serve() {
      const child = start('pcd', ['--listen', '127.0.0.1:0', '--log-level', 'error']);
      const errors = textOf(child.stderr);
      for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
        const server = / listening on (\S+),/.exec(line)?.[1];
        if (server === undefined) continue;
        settings.PCCTL_SERVER = server;
        return server;
      }
      throw new Error(`pcd did not start: ${await errors}`);
    },
    stopAll,
  };
}

/** Settings that the user has for real use must not reach into the demonstration. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PCC|PCD|PCCTL|PCR)_|^LISTENADDRESS$/.test(name)),
  );
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += chunk;
  return text;
}
