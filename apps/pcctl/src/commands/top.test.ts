import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { contract } from '@perfcollector/api';
import { expect, test } from 'vitest';
import { main } from '../main.ts';
import { answering } from '../test-answers.ts';
import { runPcctl } from '../test-run.ts';

const NOW = 1_767_990_000;

interface Told {
  readonly state?: contract.MachineState;
  readonly seen?: number;
  /** Ticks a second of a machine of one CPU. */
  readonly busy?: number;
  readonly memoryFree?: number;
  readonly diskMs?: number;
  readonly netBytes?: number;
}

const fleet: Readonly<Record<string, Told>> = {
  web1: { busy: 30, memoryFree: 600, diskMs: 500, netBytes: 2e6 },
  web2: { busy: 90, memoryFree: 900, diskMs: 10, netBytes: 1e6, seen: NOW - 3 },
  web10: { state: 'late', seen: NOW - 185, busy: 10, memoryFree: 100 },
  db: { state: 'gone', seen: NOW - 183_600 },
};

const counter = (field: string, rate: number): contract.Series => ({
  ...{ field, unit: null, kind: 'counter', increase: [rate * 30], rate: [rate] },
});
const gauge = (field: string, mean: number): contract.Series => ({
  ...{ field, unit: null, kind: 'gauge', min: [mean], mean: [mean], max: [mean] },
});

function seriesOf({ busy, memoryFree, diskMs, netBytes }: Told): contract.Series[] {
  return [
    ...(busy === undefined
      ? []
      : [counter('cpu_user', busy), counter('cpu_idle', 90 - busy), counter('cpu_iowait', 10)]),
    ...(memoryFree === undefined ? [] : [gauge('mem_total', 1000), gauge('mem_available', memoryFree)]),
    ...(diskMs === undefined ? [] : ['sda', 'sda1'].map((disk) => counter(`disk_${disk}_io_ms`, diskMs))),
    ...(diskMs === undefined ? [] : ['read', 'write'].map((way) => counter(`disk_sda_${way}_sectors`, 1000))),
    ...(netBytes === undefined
      ? []
      : ['eth0', 'lo'].flatMap((name) => [
          counter(`net_${name}_rx_bytes`, netBytes),
          counter(`net_${name}_tx_bytes`, 0),
        ])),
    gauge('loadavg_1min', 0.25),
  ];
}

/** What pcd answers of this fleet. */
function answer({ pathname }: URL): unknown {
  if (pathname === '/v1/ping') return { origintimestamp: null, timestamp: NOW };
  const machines = Object.entries(fleet).map(([id, { state = 'live', seen = NOW - 1 }]) => ({
    ...{ id, state, seen, first: 1, last: seen, samples: 9, runs: 1, interval: 10 },
  }));
  if (pathname === '/v1/machines') return { machines };
  const [, id = ''] = /^\/v1\/machines\/(.*)\/series$/.exec(pathname) ?? [];
  const told = fleet[id];
  return told && { id, from: 0, to: 1, step: 30, resolution: 'raw', times: [0], series: seriesOf(told) };
}

async function top(...argv: string[]) {
  const { url, asked } = await answering(answer);
  const ran = await runPcctl(['top', ...argv], { env: { PCCTL_SERVER: url, PCD_HOME: '/nowhere' } });
  return { ...ran, url, asked };
}

test('where output is no terminal one frame is printed: a line a machine, the busiest first', async () => {
  const { code, stdout, stderr, url } = await top();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([
    `${url}  4 machines: 2 live, 1 late, 1 gone`,
    'MACHINE      STATE    LAST  CPU %  MEM % DISK % DISK MB/s NET MB/s   LOAD',
    'web2         live       3s   90.0   10.0    1.0      1.02     1.00   0.25',
    'web1         live       1s   30.0   40.0   50.0      1.02     2.00   0.25',
    'web10        late    3m05s   10.0   90.0      -         -        -   0.25',
    'db           gone    2d03h      -      -      -         -        -   0.25',
    '',
  ]);
});

test.each([
  ['cpu', ['web2', 'web1', 'web10', 'db']],
  ['mem', ['web10', 'web1', 'web2', 'db']],
  ['disk', ['web1', 'web2', 'db', 'web10']],
  ['net', ['web1', 'web2', 'db', 'web10']],
  ['name', ['db', 'web1', 'web2', 'web10']],
  ['state', ['db', 'web10', 'web1', 'web2']],
  ['last', ['web1', 'web2', 'web10', 'db']],
])('--sort %s puts %j in this order', async (sort, ids) => {
  const { stdout } = await top('--sort', sort, '--json');
  expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(ids);
});

test('the numbers of a machine are of its last three intervals, whole disks and real interfaces', async () => {
  const { stdout, asked } = await top('--json');
  expect(JSON.parse(stdout)[1]).toEqual({
    ...{ id: 'web1', state: 'live', age: 1, cpu: 30, memory: 40, disk: 50, disk_bytes: 1_024_000 },
    ...{ net_bytes: 2e6, load: 0.25 },
  });
  const query = asked.find(({ pathname }) => pathname === '/v1/machines/web1/series')?.searchParams;
  expect([query?.get('from'), query?.get('to'), query?.get('points')]).toEqual([`${NOW - 31}`, `${NOW - 1}`, '1']);
});

test('a machine of which nothing new came is not asked for again', async () => {
  const { stdout, asked } = await top('--count', '3', '--frequency', '250ms');
  expect(stdout.split('\n\n')).toHaveLength(3);
  expect(asked.filter(({ pathname }) => pathname === '/v1/machines')).toHaveLength(3);
  expect(asked.filter(({ pathname }) => pathname.endsWith('/series'))).toHaveLength(4);
});

/** A terminal of the test's making. */
function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 12 });
  return { stdin, stdout, stderr: new PassThrough(), env: { TERM: 'xterm' }, signal: new AbortController().signal };
}

test('on a terminal keys sort the fleet and end it, and the terminal is given back', async () => {
  const { url } = await answering(answer);
  const io = terminal();
  let shown = '';
  // The first frame whole, then what a key changes: by name, db comes first, in the third line.
  const steps = [
    { wait: '[cpu]', key: 'a' },
    { wait: '\u001b[3;1Hdb', key: 'q' },
  ];
  io.stdout.on('data', (chunk) => {
    shown += String(chunk);
    if (!shown.includes(steps[0]?.wait ?? 'nothing')) return;
    io.stdin.write(steps.shift()?.key);
  });
  const env = { ...io.env, PCCTL_SERVER: url, PCD_HOME: '/nowhere', XDG_CONFIG_HOME: '/nowhere' };
  const code = await main(['top', '--frequency', '1h'], { ...io, env });
  io.stdout.end();
  expect(code).toBe(0);
  expect(steps).toEqual([]);
  expect(shown).toContain('\u001b[?1049h');
  expect(shown.endsWith('\u001b[?1049l')).toBe(true);
  expect(await text(io.stderr.end())).toBe('');
});

test.each([
  [['--sort', 'size'], '"size" is not known; expected cpu, mem, disk, net, name, state, last'],
  [['--count', '0'], '"0" is no number of frames'],
  [['--frequency', 'infinity'], 'cannot be infinite'],
])('%j is refused', async (argv, sentence) => {
  const { code, stderr } = await top(...argv);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});
