/** A host for tests of packages: a Debian root, and on it pcd, when it is installed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended, Running } from '@perfcollector/testing';
import { type DebianRoot, debianRoot } from './debian-root.ts';

/** Nothing else is found, not even a shell. */
const ALONE = { PATH: '/nonexistent', HOME: '/root' };

export class TestHost implements AsyncDisposable {
  readonly root: DebianRoot;
  #pcd: Running | undefined;
  #server: string | undefined;

  private constructor(root: DebianRoot) {
    this.root = root;
  }

  static async open(): Promise<TestHost> {
    return new TestHost(await debianRoot());
  }

  /** Where pcd listens, or did. */
  get server(): string {
    if (this.#server === undefined) throw new Error('BUG: pcd was not started');
    return this.#server;
  }

  /** Starts a program of the packages with nothing else in its path. */
  start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    return this.root.start([`/usr/bin/${program}`, ...args], { ...ALONE, ...env });
  }

  /** Runs a program of the packages with nothing else in its path, and gives what it printed. @throws Error where it fails */
  async must(program: string, ...args: readonly string[]): Promise<string> {
    return succeeded(await this.start(program, args, { PCCTL_SERVER: this.#server ?? '' }).ended);
  }

  /** @throws Error where it fails */
  async shell(command: string): Promise<string> {
    return succeeded(await this.root.run(['sh', '-c', command]));
  }

  read(path: string): string {
    return readFileSync(join(this.root.path, path), 'utf8');
  }

  append(path: string, text: string): void {
    writeFileSync(join(this.root.path, path), text, { flag: 'a' });
  }

  /** Starts pcd as its unit does, the first time on a port that is free, then on the same again. */
  async startPcd(): Promise<void> {
    const env = { ...ALONE, PCD_HOME: '/var/lib/pcd' };
    const listen = this.#server?.replace('http://', '') ?? '127.0.0.1:0';
    // Who is to end it must know its id.
    const line = 'echo $$ > /run/pcd.pid; exec /usr/bin/pcd --env-file /etc/perfcollector/pcd.env --listen "$0"';
    this.#pcd = this.root.start(['/bin/sh', '-c', line, listen], env);
    this.#server = (await this.#pcd.said(/listening on ([^\s,]+)/))[1];
  }

  async stopPcd(signal: 'TERM' | 'KILL'): Promise<void> {
    await this.shell(`kill -${signal} $(cat /run/pcd.pid)`);
    await this.#pcd?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.root.close();
  }
}

function succeeded({ code, stdout, stderr }: Ended): string {
  if (code === 0) return stdout;
  throw new Error(`it ended with ${code}: ${stdout}${stderr}`);
}
