import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { nfsSource } from './index.ts';
import { parseNfs } from './parse.ts';

/** A line of so many operations, counted 100, 101, 102 … */
function line(word: string, count: number): string {
  return `${word} ${count} ${Array.from({ length: count }, (_, at) => at + 100).join(' ')}\n`;
}

describe('/proc/net/rpc/nfs is read', () => {
  test('as nothing when empty', () => {
    expect(parseNfs('')).toStrictEqual({});
    expect(parseNfs('\n \n')).toStrictEqual({});
  });

  test('with its lines', () => {
    const fields = parseNfs(`net 1 2 3 4\nrpc 9007199254740993 6 7\n${line('proc3', 22)}${line('proc4', 68)}`);
    expect(fields).toMatchObject({
      nfs_net_packets: 1,
      nfs_net_tcp_connections: 4,
      nfs_rpc_calls: '9007199254740993',
      nfs_rpc_retransmissions: 6,
      nfs_rpc_auth_refreshes: 7,
      nfs_proc3_null: 100,
      nfs_proc3_read: 106,
      nfs_proc3_write: 107,
      nfs_proc3_commit: 121,
      nfs_proc4_read: 101,
      nfs_proc4_getattr: 118,
      nfs_proc4_secinfo: 136,
    });
    expect(Object.keys(fields)).toHaveLength(4 + 3 + 22 + 37);
  });

  test('on every kernel with the operations whose place all kernels agree on', () => {
    for (const count of [37, 53, 54, 59, 68, 71])
      expect(Object.entries(parseNfs(line('proc4', count))).at(-1)).toStrictEqual(['nfs_proc4_secinfo', 136]);
    expect(parseNfs('proc4 2 0 5\n')).toStrictEqual({ nfs_proc4_null: 0, nfs_proc4_read: 5 });
  });

  test('with version 2, and lines of a newer kernel passed over', () => {
    const fields = parseNfs(`${line('proc2', 18)}proc5 many\n`);
    expect(Object.keys(fields)).toHaveLength(18);
    expect(fields).toMatchObject({ nfs_proc2_read: 106, nfs_proc2_fsstat: 117 });
  });
});

test.each(['rpc 1 two 3\n', 'net -1 0 0 0\n', 'proc3 22 0 x\n'])('/proc/net/rpc/nfs is refused: %j', (text) => {
  expect(() => parseNfs(text)).toThrow(ParseError);
});

test('every statistic is a counter', () => {
  expect(nfsSource.groups[0]?.fields.every(({ kind }) => kind === 'counter')).toBe(true);
});
