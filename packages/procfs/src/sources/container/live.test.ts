import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openHost } from '../../reader.ts';
import { plainSettings, sampleOf } from '../../test-sampling.ts';
import type { Fields, HostReader } from '../../types.ts';
import { findHierarchies } from './hierarchies.ts';
import { containerSource } from './index.ts';

const NAME = `perfcollector-test-${process.pid}`;
const hierarchies = findHierarchies(openHost());
const directories = hierarchies.map(({ mountPoint }) => `${mountPoint}/lxc.payload.${NAME}`);
const unified = hierarchies.find(({ version }) => version === 2)?.mountPoint;

/** Whether groups can be made here: that takes root, and hierarchies that are writable. */
function tryMake(): boolean {
  try {
    for (const directory of directories) mkdirSync(directory);
    return directories.length > 0;
  } catch {
    return false;
  } finally {
    removeAll();
  }
}

function removeAll(): void {
  for (const directory of directories) if (existsSync(directory)) rmdirSync(directory);
}

/** The kernel's file by a way of its own. */
function cat(directory: string, file: string): string {
  return execFileSync('cat', [`${directory}/${file}`], { encoding: 'utf8' });
}

function word(text: string, name: string): string | undefined {
  return new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
}

/** This kernel as it would be without its hierarchies of version 1. */
function versionTwoOnly(): HostReader {
  const mount = `1 0 0:1 / ${unified} rw - cgroup2 cgroup2 rw\n`;
  const host = openHost();
  return { ...host, readText: (...paths) => (paths[0]?.endsWith('/mountinfo') ? mount : host.readText(...paths)) };
}

async function read(host: HostReader): Promise<(stat: string) => Fields[string] | undefined> {
  const { fields, problems } = await sampleOf(containerSource, host, plainSettings);
  expect(problems).toStrictEqual([]);
  return (stat) => fields[`container_${NAME}_${stat}`];
}

describe.skipIf(!tryMake())('a control group of this kernel', () => {
  let child: ChildProcess;

  beforeAll(() => {
    child = spawn('sleep', ['600'], { stdio: 'ignore' });
    for (const directory of directories) {
      mkdirSync(directory);
      writeFileSync(`${directory}/cgroup.procs`, String(child.pid));
    }
    child.kill('SIGSTOP'); // so that two readings of it agree
  });

  afterAll(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    removeAll();
  });

  // Memory is charged in batches, and what the kernel adds up of it comes up to two seconds later: both are read until they agree.
  test('holds what its files say', () => vi.waitFor(holdsWhatFilesSay, { timeout: 20_000, interval: 200 }));

  async function holdsWhatFilesSay(): Promise<void> {
    const value = await read(openHost());
    const files = directories.flatMap((directory) => readdirSync(directory).map((file) => [directory, file] as const));
    const said = (name: string) => {
      const found = files.find(([, file]) => file === name);
      return found && cat(...found);
    };
    const wants: [string, string | undefined][] = [
      ['cpu_usage_us', said('cpuacct.usage')?.replace(/\d{1,3}\n$/, '') ?? word(said('cpu.stat') ?? '', 'usage_usec')],
      ['pids_current', said('pids.current')],
      ['memory_current', said('memory.usage_in_bytes') ?? said('memory.current')],
      ['memory_anon', word(said('memory.stat') ?? '', 'total_rss') ?? word(said('memory.stat') ?? '', 'anon')],
      ['cpu_period_us', said('cpu.cfs_period_us') ?? said('cpu.max')?.split(' ')[1]],
    ];
    expect(value('name')).toBe(NAME);
    for (const [stat, want] of wants) expect([stat, value(stat)]).toStrictEqual([stat, want && Number(want)]);
    expect(value('memory_max')).toBeUndefined();
  }

  test.skipIf(unified === undefined)('of version 2 holds what its files say', async () => {
    const value = await read(versionTwoOnly());
    const directory = `${unified}/lxc.payload.${NAME}`;
    const [user, system] = ['user_usec', 'system_usec'].map((name) => Number(word(cat(directory, 'cpu.stat'), name)));
    expect([value('cpu_user_us'), value('cpu_system_us')]).toStrictEqual([user, system]);
    const pressure = existsSync(`${directory}/memory.pressure`) ? cat(directory, 'memory.pressure') : '';
    const total = /^full .*total=(\d+)$/m.exec(pressure)?.[1];
    expect(value('memory_pressure_full_total_us')).toBe(total && Number(total));
  });

  test('that is removed while its files are open costs only itself', async () => {
    const doomed = directories.map((directory) => `${directory}-gone`);
    for (const directory of doomed) mkdirSync(directory);
    const open = containerSource.open?.(openHost(), plainSettings);
    const seen: string[] = [];
    const sink = {
      count: () => 0,
      decimal: () => 0,
      number: () => {},
      label: (_: unknown, name: string) => seen.push(name),
      mark: () => 0,
      rollback: () => {},
    };
    const problems: string[] = [];
    await open?.sample(sink, (problem) => problems.push(problem));
    for (const directory of doomed) rmdirSync(directory);
    for (let tick = 0; tick < 2; tick += 1) await open?.sample(sink, (problem) => problems.push(problem));
    open?.close();
    expect(seen.filter((name) => name === NAME)).toHaveLength(3);
    expect(problems).toStrictEqual([]);
  });
});
