import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collection, fileWith, startPcd, tempDir } from '../test-run.ts';

const directory = tempDir();
const pcd = await startPcd();

interface Entry {
  readonly time: number;
  readonly action: string;
  readonly target: string;
}

const entries = async (...argv: string[]) => (await pcd.json(['audit', ...argv])) as Entry[];

test('what administrators did is told, the newest first', async () => {
  const made = (await pcd.json(['keys', 'create', '--name', 'Zoë\x1b[2J', '--machines', 'web*'])) as { id: string };
  const recording = fileWith(join(directory, 'web01.json'), collection({ machine: 'web01', samples: 2 }));
  await pcd.pcctl(['upload', recording]);
  await pcd.pcctl(['machines', 'delete', 'web01']);
  await pcd.pcctl(['keys', 'revoke', made.id]);
  expect((await entries()).map(({ action, target }) => [action, target])).toEqual([
    ['keys.revoke', made.id],
    ['machines.delete', 'web01'],
    ['keys.create', made.id],
    ['keys.create', pcd.adminKey().split('_')[1]],
  ]);
  const { code, stdout } = await pcd.pcctl(['audit']);
  expect(code).toBe(0);
  const [heading, first, second] = stdout.split('\n');
  expect(heading).toMatch(/^TIME +TENANT +KEY +ADDRESS +ACTION +TARGET +DETAIL$/);
  expect(first).toContain(`keys.revoke      ${made.id}  name="Zoë\\u001b[2J" scopes=ingest machines=web*`);
  expect(second).toMatch(/^20[-\d]+ [:\d]+ +default +[0-9a-f]{12} +127\.0\.0\.1 +machines\.delete +web01 +samples=2$/);
  expect(stdout).not.toContain('\x1b');
  expect(stdout).not.toContain(pcd.adminKey().slice(17));
});

test('of a time, a tenant, and no more than so many', async () => {
  await pcd.pcctl(['keys', 'create', '--name', 'theirs', '--tenant', 'acme']);
  const [newest, ...older] = await entries('--from', '-24h');
  expect(older.length).toBeGreaterThan(0);
  expect(await entries('--limit', '1')).toEqual([newest]);
  expect(await entries('--tenant', 'acme')).toEqual([newest]);
  expect(await entries('--to', '2026-01-01')).toEqual([]);
});

test.each(['0', '1001', 'all', '1.5'])('--limit %s is exit code 2', async (limit) => {
  const { code, stderr } = await pcd.pcctl(['audit', '--limit', limit]);
  expect(code).toBe(2);
  expect(stderr).toContain('expected 1 to 1000');
});
