/**
 * A machine with the real systemd as its process 1, in namespaces of its own, for tests of units. It takes root. Its
 * files are those of this system, or of another root, and what it writes is gone with it.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Ended, observe } from '@perfcollector/testing';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const APPS = fileURLToPath(new URL('../../apps', import.meta.url));
const NAMESPACES = ['--mount', '--pid', '--uts', '--ipc', '--cgroup', '--net', '--fork', '--kill-child'];
const PATIENCE_MS = 30_000;

/** The programs as they are built here, where the packages would have them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  pcc: '--v8-pool-size=0 --max-semi-space-size=1 --no-maglev',
  pcd: '',
  pcctl: '',
};

/** Nothing but what every service may count on. */
const TARGET = `[Unit]
Requires=systemd-journald.service dbus.service
After=systemd-journald.service dbus.service
`;

export class Machine implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #scratch: string;
  readonly #group: string;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(lower: string) {
    this.#scratch = mkdtempSync(join(tmpdir(), 'machine-'));
    this.#group = join(cgroup2(), `perfcollector-test-${process.pid}-${Date.now()}`);
    for (const name of ['disks', 'files']) mkdirSync(join(this.#scratch, name));
    putFile(join(this.#scratch, 'files'), '/etc/systemd/system/test.target', TARGET);
    if (lower === '/') putPrograms(join(this.#scratch, 'files'));
    mkdirSync(this.#group);
    const places = [lower, join(this.#scratch, 'disks'), join(this.#scratch, 'files'), dirname(process.execPath), APPS];
    // The control group is to be its root, so it is entered before there is a namespace of them.
    const enter = `echo $$ > ${this.#group}/cgroup.procs; exec unshare "$@"`;
    const command = ['-c', enter, 'sh', ...NAMESPACES, 'sh', join(HERE, 'test-machine.sh'), ...places];
    this.#child = spawn('sh', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
    this.#ended = once(this.#child, 'exit');
  }

  /** @param lower the root whose programs it runs; where nothing is said this system's own, and those of this checkout */
  static async boot(lower = '/'): Promise<Machine> {
    const machine = new Machine(lower);
    try {
      await machine.#wait();
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What runs a program in it, as root. */
  entering(...command: readonly string[]): readonly [string, ...string[]] {
    return ['nsenter', '--target', String(this.#init()), '--all', '--', ...command];
  }

  /** Runs a program in it, as root. */
  run(...command: readonly string[]): Ended {
    const [nsenter, ...inside] = this.entering(...command);
    const env = { PATH: process.env.PATH, HOME: '/root' };
    const { status, stdout, stderr } = spawnSync(nsenter, inside, { encoding: 'utf8', env, maxBuffer: 1 << 28 });
    return { code: status, stdout, stderr };
  }

  /** Runs a session in it that may take long, as root has it after logging in. */
  session(script: string): Promise<Ended> {
    const login = ['/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'];
    const [nsenter, ...inside] = this.entering(...login, 'bash', '-c', `cd; set -euo pipefail\n${script}`);
    return observe(spawn(nsenter, inside, { stdio: ['ignore', 'pipe', 'pipe'] })).ended;
  }

  /** @throws Error where it fails: with what it said */
  must(...command: readonly string[]): string {
    const { code, stdout, stderr } = this.run(...command);
    if (code === 0) return stdout;
    throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  }

  /** Writes a file in it, and the directories on the way. */
  write(path: string, text: string, mode = 0o644): void {
    this.must(
      'sh',
      '-c',
      'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1" && chmod "$3" "$1"',
      'sh',
      path,
      text,
      mode.toString(8),
    );
  }

  /** Waits for what comes without telling. @throws Error where it does not come in time */
  async until(isThere: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!isThere()) {
      if (Date.now() > deadline) throw new Error(`it did not come: ${this.run('journalctl', '--lines=50').stdout}`);
      await setTimeout(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL'); // its process 1 goes with it, and all others with that
    await this.#ended;
    rmSync(this.#scratch, { recursive: true });
    await untilEmpty(this.#group);
    rmdirSync(this.#group);
  }

  #init(): number {
    const { pid } = this.#child;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
  }

  async #wait(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline && this.#child.exitCode === null) {
      if (this.#init() > 0 && this.run('systemctl', 'is-active', 'test.target').stdout === 'active\n') return;
      await setTimeout(100);
    }
    throw new Error(`the machine does not start: ${this.#said}`);
  }
}

/** Where control groups of version 2 are: alone, or beside those of version 1. */
function cgroup2(): string {
  const mount = execFileSync('findmnt', ['--noheadings', '--output', 'TARGET', '--types', 'cgroup2'], {
    encoding: 'utf8',
  });
  return mount.split('\n')[0] ?? '';
}

function putFile(files: string, path: string, text: string, mode = 0o644): void {
  mkdirSync(join(files, dirname(path)), { recursive: true });
  writeFileSync(join(files, path), text);
  chmodSync(join(files, path), mode);
}

function putPrograms(files: string): void {
  for (const [name, flags] of Object.entries(PROGRAMS)) {
    const program = `/opt/programs/${name}/dist/bin.mjs`;
    putFile(files, `/usr/bin/${name}`, `#!/bin/sh\nexec /opt/node/node ${flags} -- ${program} "$@"\n`, 0o755);
  }
  const units = join(files, 'usr/lib/systemd/system');
  const tmpfiles = join(HERE, '../tmpfiles');
  cpSync(tmpfiles, join(files, 'usr/lib/tmpfiles.d'), { recursive: true });
  cpSync(HERE, units, { recursive: true, filter: (path) => !/\.(ts|sh)$/.test(path) });
}

/** The kernel takes its processes out one after the other. */
async function untilEmpty(group: string): Promise<void> {
  while (readFileSync(join(group, 'cgroup.events'), 'utf8').includes('populated 1')) await setTimeout(20);
  execFileSync('find', [group, '-mindepth', '1', '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
}
