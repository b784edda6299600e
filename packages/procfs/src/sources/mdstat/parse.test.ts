import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { testRoot } from '../../test-root.ts';
import { sampleOf } from '../../test-sampling.ts';
import type { Fields } from '../../types.ts';
import { mdstatSource } from './index.ts';
import { parseMdstat } from './parse.ts';

const HEADING = 'Personalities : [raid1] [raid6] [raid5] [raid4] \n';
const TAIL = 'unused devices: <none>\n';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseMdstat(text)).toStrictEqual(want);
  });
}

/** Fields of one array. */
function md(name: string, stats: Fields): Fields {
  return Object.fromEntries(Object.entries(stats).map(([stat, value]) => [`md_${name}_${stat}`, value]));
}

const WHOLE = { state: 'active', disks_failed: 0, disks_spare: 0 };

describe('/proc/mdstat is read', () => {
  ok('as nothing when empty', '', {});
  ok('as nothing without arrays', `${HEADING}${TAIL}`, {});
  ok(
    'with arrays of several levels',
    `${HEADING}md1 : active raid1 sdb2[1] sda2[0]
      104320 blocks super 1.2 [2/2] [UU]
      bitmap: 0/1 pages [0KB], 65536KB chunk

md0 : active raid5 sdd1[3](S) sdc1[4] sdb1[1](F) sda1[0]
      9007199254740993 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [U_U]
      
md_d2 : active raid10 sdf[1] sde[0]
      2096128 blocks super 1.2 512K chunks 2 near-copies [2/2] [UU]
      
${TAIL}`,
    {
      ...md('md1', { level: 'raid1', ...WHOLE, blocks: 104320, disks_total: 2, disks_active: 2 }),
      ...md('md0', {
        level: 'raid5',
        state: 'active',
        disks_failed: 1,
        disks_spare: 1,
        blocks: '9007199254740993',
        disks_total: 3,
        disks_active: 2,
      }),
      ...md('md_d2', { level: 'raid10', ...WHOLE, blocks: 2096128, disks_total: 2, disks_active: 2 }),
    },
  );
  ok(
    'with raid0 and linear, which do not say how many disks they should have',
    `${HEADING}md0 : active raid0 sdb[1] sda[0]\n      2095104 blocks super 1.2 512k chunks\n      \nmd1 : broken linear sdc[0](F)\n      7 blocks super 1.2 0k rounding\n`,
    {
      ...md('md0', { level: 'raid0', ...WHOLE, blocks: 2095104 }),
      ...md('md1', { level: 'linear', ...WHOLE, state: 'broken', disks_failed: 1, blocks: 7 }),
    },
  );
  ok(
    'with an inactive array and a container of external metadata',
    `${HEADING}md127 : inactive sdb[1](S) sda[0](S)\n      5424 blocks super external:imsm\n       \n`,
    md('md127', { ...WHOLE, state: 'inactive', disks_spare: 2, blocks: 5424 }),
  );
  ok(
    'with a disk that is failed and a journal',
    'md0 : active raid5 sdc1[3](J) sdb1[1](W)(F) sda1[0](R)\n',
    md('md0', { level: 'raid5', ...WHOLE, disks_failed: 1 }),
  );

  for (const [action, percent] of Object.entries({ recovery: 12.6, resync: 0, reshape: 99.9, check: 100 })) {
    ok(
      `with ${action} under way`,
      `md0 : active raid1 sdb1[2] sda1[0]\n      10 blocks [2/1] [U_]\n      [==>..................]  ${action} = ${String(percent).padStart(4)}% (37043392/292945152) finish=127.5min speed=33440K/sec\n`,
      md('md0', {
        level: 'raid1',
        ...WHOLE,
        blocks: 10,
        disks_total: 2,
        disks_active: 1,
        sync_action: action,
        sync_phase: 'running',
        sync_percent: percent,
        sync_finish_minutes: 127.5,
        sync_speed: 33440,
      }),
    );
  }

  for (const state of ['DELAYED', 'PENDING', 'REMOTE']) {
    ok(
      `with a resync that is ${state}`,
      `md0 : active (auto-read-only) raid1 sdb1[1] sda1[0]\n      10 blocks super 1.2 [2/2] [UU]\n      \tresync=${state}\n      bitmap: 1/1 pages [4KB], 65536KB chunk, file: /var/md=a\n`,
      md('md0', {
        level: 'raid1',
        ...WHOLE,
        state: 'auto-read-only',
        blocks: 10,
        disks_total: 2,
        disks_active: 2,
        sync_action: 'resync',
        sync_phase: state,
      }),
    );
  }

  ok(
    'cut off anywhere in a line of progress',
    'md0 : active (read-only) raid1 sda[0]\n      [==>......',
    md('md0', { level: 'raid1', ...WHOLE, state: 'read-only' }),
  );
});

test.each(['md0\n', 'md0 : \n', 'MemTotal:   5 kB\n', `${HEADING}8 0 sda 1 2 3\n`])(
  '/proc/mdstat is refused: %j',
  (text) => {
    expect(() => parseMdstat(text)).toThrow(ParseError);
  },
);

test('arrays go by the names that diskstats gives them', async () => {
  const { root } = testRoot({
    '/proc/mdstat': 'md127 : active raid1 sda[0]\nmd126 : active raid1 sdb[0]\n',
    '/run/udev/data/b9:127': 'E:MD_DEVNAME=data\n',
  });
  const { fields } = await sampleOf(mdstatSource, openHost(root));
  expect(fields).toMatchObject({ md_data_state: 'active', md_md126_state: 'active' });
});
