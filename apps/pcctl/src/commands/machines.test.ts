import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const empty = await startPcd();

async function upload(machine: string, samples: number): Promise<void> {
  const { code } = await pcd.pcctl(['upload', fileWith(join(directory, 'c.json'), collection({ machine, samples }))]);
  expect(code).toBe(0);
}

test('no machine is an empty list', async () => {
  expect(await empty.json(['machines', 'list'])).toEqual([]);
  expect((await empty.pcctl(['machines', 'list'])).stdout).toBe(
    'MACHINE  STATE  LAST SEEN  SAMPLES  RUNS  FIRST  LAST\n',
  );
});

const ODD = 'Web-01.example:8080_a@b+c';

beforeEach(async () => {
  await upload('web01', 3);
  await upload(ODD, 12);
});

test('machines are listed with their samples, runs and times', async () => {
  const first = START;
  const arrived = { interval: 1, seen: expect.any(Number), state: expect.stringMatching(/^(live|late)$/) };
  expect(await pcd.json(['machines', 'list'])).toEqual(
    expect.arrayContaining([
      { id: 'web01', samples: 3, runs: 1, first, last: START + 2, ...arrived },
      { id: ODD, samples: 12, runs: 1, first, last: START + 11, ...arrived },
    ]),
  );
  const { stdout } = await pcd.pcctl(['machines', 'list']);
  expect(stdout).toMatch(/^MACHINE +STATE +LAST SEEN +SAMPLES +RUNS +FIRST +LAST\n/);
  const seen = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
  const times = '2026-01-09 18:10:48 +2026-01-09 18:10:50';
  expect(stdout).toMatch(new RegExp(`^web01 +(live|late) +${seen} +3 +1 +${times}$`, 'm'));
});

test('machines are listed by their state', async () => {
  const idsOf = async (state: string) =>
    ((await pcd.json(['machines', 'list', '--state', state])) as { id: string }[]).map(({ id }) => id);
  expect((await idsOf('live,late')).toSorted()).toEqual([ODD, 'web01']);
  expect(await idsOf('gone')).toEqual([]);
  const { code, stderr } = await pcd.pcctl(['machines', 'list', '--state', 'dead']);
  expect(code).toBe(2);
  expect(stderr).toContain('--state: "dead" is no state; expected live, late, gone');
});

test('a machine is shown with what its newest run says of its host', async () => {
  const { code, stdout } = await pcd.pcctl(['machines', 'show', 'web01']);
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(Object.fromEntries(lines)).toMatchObject({
    machine: 'web01',
    state: expect.stringMatching(/^(live|late)$/),
    'last seen': expect.stringMatching(/^20\d\d-/),
    samples: '3',
    runs: '1',
    first: '2026-01-09 18:10:48',
    agent: 'pcc 9.8.7',
    interval: '1 s',
    hostname: 'web01.example',
    cpus: '2',
  });
  expect(await pcd.json(['machines', 'show', 'web01'])).toMatchObject({
    id: 'web01',
    samples: 3,
    header: { agent: 'pcc 9.8.7', host: { hostname: 'web01.example' } },
  });
});

test('a machine of which nothing but samples came is shown too', async () => {
  const file = fileWith(join(directory, 'bare.json'), [`{"timestamp":${START},"fields":{"cpu_user":1}}`]);
  await pcd.pcctl(['upload', '--identifier', 'bare', file]);
  expect(await pcd.json(['machines', 'show', 'bare'])).toMatchObject({ id: 'bare', samples: 1, header: null });
  const { code, stdout } = await pcd.pcctl(['machines', 'show', 'bare']);
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/undefined|null|agent/);
});

test('an identifier with every character that is allowed is found again', async () => {
  expect(await pcd.json(['machines', 'show', ODD])).toMatchObject({ id: ODD, samples: 12 });
});

test('a machine that is deleted is gone, and the others are not', async () => {
  const { code, stdout } = await pcd.pcctl(['machines', 'delete', ODD]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `deleted ${ODD} and its 12 samples\n` });
  const ids = ((await pcd.json(['machines', 'list'])) as { id: string }[]).map(({ id }) => id);
  expect(ids).toContain('web01');
  expect(ids).not.toContain(ODD);
  expect((await pcd.pcctl(['export', ODD])).code).toBe(1);
});

test('--json of a deletion says what went', async () => {
  expect(await pcd.json(['machines', 'delete', 'web01'])).toEqual({ id: 'web01', samples: 3 });
});

test.each(['show', 'delete'])('%s of a machine that is not there is exit code 1 and a sentence', async (verb) => {
  const { code, stdout, stderr } = await pcd.pcctl(['machines', verb, 'nobody']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`pcctl: ${pcd.url} refused: there is no machine "nobody"; see the list of machines\n`);
});

test.each(['', 'a b', 'a/b', '../keys', 'a%2fb', 'ü', '-x', 'x'.repeat(129)])(
  '%j, which no machine can be called, is refused with a sentence',
  async (id) => {
    const { code, stderr } = await pcd.pcctl(['machines', 'show', '--', id]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcctl: the identifier .*expected/);
  },
);
