/**
 * The root of the images without an engine: what the Dockerfile runs to make it is run here, below a directory of ours,
 * and programs are started in it as an engine starts them.
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { effective, stagesOf, variablesOf } from './test-dockerfile.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const RUN_IN_IMAGE = fileURLToPath(new URL('test-image.sh', import.meta.url));
const stages = stagesOf(readFileSync(new URL('Dockerfile', import.meta.url), 'utf8'));
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
const USER = 65532;

export interface Image extends AsyncDisposable {
  readonly root: string;
  /** Starts a program with what the stage says of user, variables and volume. */
  start(stage: string, argv: readonly string[], env?: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams;
}

/** @throws Error where a step fails */
export function buildImage(): Image {
  const place = mkdtempSync(join(tmpdir(), 'image-'));
  const root = join(place, 'root-of-image');
  const packages = ['--arch', ARCHITECTURE, '--only', 'deb', '--quick', '--out', join(place, 'src/dist/packages')];
  execFileSync('npm', ['run', 'package', '--', ...packages], { cwd: TOP, stdio: 'pipe' });
  runSteps(place);
  // COPY --chown, and what an engine makes to mount there.
  for (const name of readdirSync(join(place, 'state'))) {
    renameSync(join(place, 'state', name), join(root, 'var/lib', name));
    mkdirSync(join(place, 'state', name), { mode: 0o700 });
    chownSync(join(place, 'state', name), USER, USER);
  }
  for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(root, name));
  const running = new Set<ChildProcessWithoutNullStreams>();
  return {
    root,
    start(stage, argv, env = {}) {
      const volume = join(place, 'state', basename(effective(stages, stage, 'VOLUME') ?? ''));
      const setting = Object.entries({ ...variablesOf(stages, stage), ...env }).map(
        ([name, value]) => `${name}=${value}`,
      );
      const own = ['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', RUN_IN_IMAGE, root, volume];
      const child = spawn('unshare', [...own, ...setting, ...argv]);
      running.add(child.on('exit', () => running.delete(child)));
      return child;
    },
    async [Symbol.asyncDispose]() {
      const ended = [...running].map((child) => once(child, 'exit'));
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(ended);
      rmSync(place, { recursive: true });
    },
  };
}

/** The steps of the stage `root`, with the image's directories below ours. Package lists are our own, too. */
function runSteps(place: string): void {
  let directory = '/';
  for (const { keyword, words } of stages.get('root')?.instructions ?? []) {
    if (keyword === 'WORKDIR') directory = words;
    if (keyword !== 'RUN') continue;
    const script = words.replaceAll(/\/(?=(root-of-image|state|src)\b)/g, `${place}/`);
    const cwd = join(place, directory);
    mkdirSync(cwd, { recursive: true });
    const own = 'mount -t tmpfs tmpfs /var/lib/apt/lists';
    const shell = ['--mount', 'bash', '-o', 'errexit', '-o', 'pipefail', '-c', `${own}; ${script}`];
    execFileSync('unshare', shell, { cwd, env: { PATH: process.env.PATH, TARGETARCH: ARCHITECTURE }, stdio: 'pipe' });
  }
}
