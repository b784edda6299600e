import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { testRoot } from '../../test-root.ts';
import { plainSettings, sampleOf } from '../../test-sampling.ts';
import { mountstatsSource } from './index.ts';
import { parseMountstats } from './parse.ts';

const OTHERS = `device proc mounted on /proc with fstype proc
no device mounted on /x with fstype tmpfs
device /dev/sda1 mounted on /srv/nfs with fstype ext4
`;

function mount(point: string, { xprt = 'tcp 832 0 1 0 11 90 91 2 95 7 2 0 0', extra = '', type = 'nfs' } = {}): string {
  return `device nas:/export/home mounted on ${point} with fstype ${type} statvers=1.1
	opts:	rw,vers=3,rsize=1048576,wsize=1048576,hard,proto=tcp
	age:	7343
	caps:	caps=0x3fc7,wtmult=512,dtsize=32768,bsize=0,namlen=255
	sec:	flavor=1,pseudoflavor=1
	events:	1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 
	bytes:	11 12 13 14 9007199254740993 16 17 18 
	RPC iostats version: 1.0  p/v: 100003/3 (nfs)
${xprt === '' ? '' : `	xprt:	${xprt}\n`}${extra}	per-op statistics
	        NULL: 0 0 0 0 0 0 0 0
	        READ: 15 16 1 2520 1057408 3 12 16
	       WRITE: 5 5 0 20 30 40 50 60 7
	      COMMIT: 0 0 0 0 0 0 0 0

`;
}

const WANT = {
  age_seconds: 7343,
  normal_read_bytes: 11,
  normal_written_bytes: 12,
  direct_read_bytes: 13,
  direct_written_bytes: 14,
  server_read_bytes: '9007199254740993',
  server_written_bytes: 16,
  xprt_sends: 90,
  xprt_recvs: 91,
  xprt_bad_xids: 2,
  xprt_backlog: 7,
  read_ops: 15,
  read_transmissions: 16,
  read_timeouts: 1,
  read_sent_bytes: 2520,
  read_received_bytes: 1057408,
  read_queue_ms: 3,
  read_rtt_ms: 12,
  read_exec_ms: 16,
  write_ops: 5,
  write_transmissions: 5,
  write_timeouts: 0,
  write_sent_bytes: 20,
  write_received_bytes: 30,
  write_queue_ms: 40,
  write_rtt_ms: 50,
  write_exec_ms: 60,
  write_errors: 7,
};

function on(point: string, stats: object): object {
  return Object.fromEntries(Object.entries(stats).map(([stat, value]) => [`nfsmount_${point}_${stat}`, value]));
}

describe('mountstats is read', () => {
  test('as nothing when empty and without NFS', () => {
    expect(parseMountstats('')).toStrictEqual({});
    expect(parseMountstats(OTHERS)).toStrictEqual({});
  });

  test('with each NFS mount, and no other', () => {
    const text = OTHERS + mount('/home/nfs') + OTHERS + mount('/mnt/a\\040b\\134c', { type: 'nfs4' });
    expect(parseMountstats(text)).toStrictEqual({ ...on('/home/nfs', WANT), ...on('/mnt/a b\\c', WANT) });
  });

  test.each([
    ['UDP', 'udp 832 1 90 91 2 95 7 2 0 0'],
    ['RDMA', 'rdma 0 0 1 0 11 90 91 2 95 7 1 2 3 4 5 6 7 8 9 10'],
    ['a local socket', 'local 0 1 0 11 90 91 2 95 7 2 0 0'],
    ['statistics 1.0', 'tcp 832 0 1 0 11 90 91 2 95 7'],
  ])('with the transport of %s', (_, xprt) => {
    expect(parseMountstats(mount('/n', { xprt }))).toStrictEqual(on('/n', WANT));
  });

  test('with the connections of a mount added up', () => {
    const extra = '	xprt:	tcp 833 0 1 0 11 10 9 0 1 3 2 0 0\n	xprt:	tcp 0 0 0\n	xprt:	pigeon 1 2 3\n';
    const sums = { xprt_sends: 100, xprt_recvs: 100, xprt_bad_xids: 2, xprt_backlog: 10 };
    expect(parseMountstats(mount('/n', { extra }))).toStrictEqual(on('/n', { ...WANT, ...sums }));
  });

  test('without transports where none is given', () => {
    const names = Object.keys(parseMountstats(mount('/n', { xprt: '' }) + mount('/o')));
    expect(names.filter((name) => name.includes('xprt'))).toHaveLength(4);
  });

  test('with the first of two mounts of one place', () => {
    expect(parseMountstats(mount('/n') + mount('/n', { xprt: 'tcp 1 1 1 1 1 1 1 1 1 1' }))).toStrictEqual(
      on('/n', WANT),
    );
  });
});

test.each(['bytes:	1 x', 'READ: -1 2', 'age:	old'])('mountstats is refused: %j', (line) => {
  const text = mount('/n').replace('	per-op', `	${line}\n	per-op`);
  expect(() => parseMountstats(text)).toThrow(ParseError);
  expect(() => parseMountstats(text)).toThrow(new RegExp(`line 10: got "\\\\t${line.slice(0, 3)}`));
});

describe('the NFS mounts of a host', () => {
  test("are process 1's below another root", async () => {
    const { root } = testRoot({ '/proc/1/mountstats': mount('/one'), '/proc/self/mountstats': mount('/self') });
    expect((await sampleOf(mountstatsSource, openHost(root))).fields).toStrictEqual(on('/one', WANT));
  });

  test('are the same tick after tick, in whatever order they come', async () => {
    const host = testRoot({ '/proc/1/mountstats': mount('/one') + mount('/two') });
    const open = mountstatsSource.open?.(openHost(host.root), plainSettings);
    for (const text of [mount('/one') + mount('/two'), mount('/two'), OTHERS + mount('/two') + mount('/one')]) {
      host.put('/proc/1/mountstats', text);
      const tick = new FieldCollector();
      await open?.sample(tick, () => {});
      expect(tick.fields).toStrictEqual(parseMountstats(text));
    }
  });

  test('are not looked for at every tick where there are none', async () => {
    const host = testRoot({ '/proc/1/mountstats': OTHERS });
    const reader = openHost(host.root);
    const open = mountstatsSource.open?.(reader, plainSettings);
    for (let tick = 0; tick < 3; tick += 1) await open?.sample(new FieldCollector(), () => {});
    expect(reader.bytesRead).toBe(OTHERS.length);
  });
});
