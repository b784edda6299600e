/**
 * A small Debian of its own for a test: what a fresh host has, and nothing of the machine that runs the test. It is made once, kept
 * as a tar, and unpacked for each test. That takes root and, the first time, the Debian mirror that this machine uses itself.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, observe, type Running } from '@perfcollector/testing';

/** It takes root's rights; in CI this says yes, so that tests fail there where it cannot be had. */
export const canHaveRoot = process.env.CI !== undefined || process.getuid?.() === 0;

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
  const tar = cachedRoot();
  const path = mkdtempSync(join(tmpdir(), 'debian-root-'));
  execFileSync('tar', ['--extract', '--numeric-owner', '--directory', path, '--file', tar]);
  chmodSync(path, 0o755); // as a root is
  return openRoot(path);
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
      const closed = keeper.exitCode === null && keeper.signalCode === null && once(keeper, 'close');
      keeper.kill('SIGKILL');
      await closed;
      rmSync(path, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

const MOUNT = ['proc /proc', 'proc "$0/proc"', 'sysfs "$0/sys"'].map(
  (what) => `mount -t ${what.replace(' ', ' none ')}`,
);

/**
 * All that runs in the root runs among mounts and processes of its own. The first of those keeps both alive: when it ends, the
 * kernel ends the others and unmounts everything. It ends with its standard input, so with the test in any case.
 */
async function openNamespaces(path: string): Promise<{ keeper: ChildProcess; first: string }> {
  const script = [...MOUNT, 'echo ready', 'exec cat >/dev/null'].join(' && ');
  const argv = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', 'sh', '-c', script, path];
  const keeper = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  await Promise.race([once(keeper.stdout, 'data'), failing(keeper)]);
  return { keeper, first: readFileSync(`/proc/${keeper.pid}/task/${keeper.pid}/children`, 'utf8').trim() };
}

async function failing(keeper: ChildProcess): Promise<never> {
  const [code] = await once(keeper, 'close');
  throw new Error(`a root of its own takes root's rights and namespaces: unshare ended with ${code}`);
}

/** Where what tests make is kept between runs. */
export const CACHE =
  process.env.PERFCOLLECTOR_CACHE ?? fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

function cachedRoot(): string {
  const arch = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
  const tar = join(CACHE, `debian-root-${[RELEASE, arch, ...PACKAGES].join('-')}.tar`);
  if (!existsSync(tar)) makeRoot(tar);
  return tar;
}

/** What a root need not have; without it the tar is half as large. */
const LEFT_OUT = ['./var/cache/apt/*', './var/lib/apt/lists/*', './usr/share/locale/*', './usr/share/doc/*/*'];

/** Another test may be making it: it is waited for then, and there whole or not at all. */
const MAKE = `set -e
[ ! -e "$1" ] || exit 0
debootstrap --variant=minbase --include=${PACKAGES.join()} ${RELEASE} "$2" "$3" >&2
tar --create --numeric-owner ${LEFT_OUT.map((path) => `--exclude='${path}'`).join(' ')} --directory "$2" --file "$1.new" .
mv "$1.new" "$1"`;

function makeRoot(tar: string): void {
  mkdirSync(CACHE, { recursive: true });
  const place = mkdtempSync(join(tmpdir(), 'debootstrap-'));
  try {
    execFileSync('flock', [`${tar}.lock`, 'sh', '-c', MAKE, 'sh', tar, place, mirror()], { stdio: 'pipe' });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The mirror of Debian that apt of this machine is told of. */
function mirror(): string {
  const directory = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...readdirSync(directory).map((name) => join(directory, name))];
  const told = files.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
  return /^[^#\n]*?(https?:\S+\/debian)\/?\s/m.exec(told.join('\n'))?.[1] ?? 'http://deb.debian.org/debian';
}
