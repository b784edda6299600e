/**
 * A small Debian of its own for a test: what a fresh host has, and nothing of the machine that runs the test. It is made once, kept
 * as a tar, and unpacked for each test. That takes root and, the first time, the Debian mirror that this machine uses itself.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, observe, type Running } from './running.ts';
import { alone, CACHE } from './test-cache.ts';

type Variables = Readonly<Record<string, string>>;

export interface DebianRoot {
  /** The root as seen from outside. */
  readonly path: string;
  /** Starts a command in the root, with these variables and no others. */
  start(command: readonly string[], env?: Variables): Running;
  /** Runs a command in the root to its end. */
  run(command: readonly string[], setting?: { env?: Variables; stdin?: string }): Promise<Ended>;
  /** Runs a command of this machine among the processes and mounts of the root. */
  runBeside(command: readonly string[], env: Variables): Promise<Ended>;
  /** Ends whatever runs in the root, and deletes it. */
  close(): Promise<void>;
}

/** What a login shell of root has. */
export const LOGIN: Variables = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' };

const RELEASE = 'bookworm';

/**
 * Beside what every Debian has: the one library that Node needs and not every Debian has, what a host of a fleet is managed by,
 * and what certificates are made with.
 */
const PACKAGES = ['dbus', 'libatomic1', 'openssl', 'python3', 'systemd'];

/** A fresh root. */
export async function debianRoot(): Promise<DebianRoot> {
  return openRoot(await unpackRoot());
}

/** The files of a fresh root alone. @returns where they are; who asked deletes them */
export async function unpackRoot(): Promise<string> {
  const tar = await alone('debian-root', cachedRoot);
  const path = mkdtempSync(join(tmpdir(), 'debian-root-'));
  execFileSync('tar', ['--extract', '--numeric-owner', '--directory', path, '--file', tar]);
  return path;
}

async function openRoot(path: string): Promise<DebianRoot> {
  const { keeper, first } = await openNamespaces(path);
  const runBeside = (command: readonly string[], env: Variables): Running => {
    const argv = ['--target', first, '--mount', '--pid', '--', ...command];
    return observe(spawn('nsenter', argv, { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] }));
  };
  const start: DebianRoot['start'] = (command, env = LOGIN) => {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    // chroot is found by a path of this machine; the command sees its own variables alone.
    return runBeside(['chroot', path, '/usr/bin/env', '-i', ...variables, ...command], LOGIN);
  };
  return {
    path,
    start,
    run(command, { env, stdin = '' } = {}) {
      const { child, ended } = start(command, env);
      child.stdin?.on('error', () => {}).end(stdin); // a command need not read what it is given
      return ended;
    },
    runBeside: (command, env) => runBeside(command, env).ended,
    async close() {
      keeper.kill('SIGKILL');
      await once(keeper, 'close');
      rmSync(path, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

const MOUNT = ['proc /proc', 'proc "$0/proc"', 'sysfs "$0/sys"'].map(
  (what) => `mount -t ${what.replace(' ', ' none ')}`,
);

/**
 * All that runs in the root runs among mounts and processes of its own. The first of those keeps both alive: when it ends, the
 * kernel ends the others and unmounts everything.
 */
async function openNamespaces(path: string): Promise<{ keeper: ChildProcess; first: string }> {
  const script = [...MOUNT, 'echo ready', 'exec sleep infinity'].join(' && ');
  const argv = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', 'sh', '-c', script, path];
  const keeper = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([once(keeper.stdout, 'data'), failing(keeper)]);
  return { keeper, first: readFileSync(`/proc/${keeper.pid}/task/${keeper.pid}/children`, 'utf8').trim() };
}

async function failing(keeper: ChildProcess): Promise<never> {
  const [code] = await once(keeper, 'close');
  throw new Error(`a root of its own takes root's rights and namespaces: unshare ended with ${code}`);
}

function cachedRoot(): string {
  const arch = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  const tar = join(CACHE, `debian-root-${[RELEASE, arch, ...PACKAGES].join('-')}.tar`);
  if (!existsSync(tar)) makeRoot(tar);
  return tar;
}

/** What a root need not have; without it the tar is half as large. */
const LEFT_OUT = ['./var/cache/apt/*', './var/lib/apt/lists/*', './usr/share/locale/*', './usr/share/doc/*/*'];

function makeRoot(tar: string): void {
  const root = mkdtempSync(join(tmpdir(), 'debootstrap-'));
  try {
    const how = ['--variant=minbase', `--include=${PACKAGES.join()}`, RELEASE, root, mirror()];
    execFileSync('debootstrap', how, { stdio: 'pipe' });
    const left = LEFT_OUT.map((pattern) => `--exclude=${pattern}`);
    // In its place whole or not at all.
    const made = `${tar}.${process.pid}`;
    execFileSync('tar', ['--create', '--numeric-owner', ...left, '--directory', root, '--file', made, '.']);
    renameSync(made, tar);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The mirror of Debian that apt of this machine is told of. */
function mirror(): string {
  const directory = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...readdirSync(directory).map((name) => join(directory, name))];
  const told = files.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
  return /^[^#\n]*?(https?:\S+\/debian)\/?\s/m.exec(told.join('\n'))?.[1] ?? 'http://deb.debian.org/debian';
}
