import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { openHost } from '../../reader.ts';
import { sampleOf } from '../../test-sampling.ts';
import type { Fields } from '../../types.ts';
import { conntrackSource } from './index.ts';
import { parseConntrack } from './parse.ts';

const NAMES =
  'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n';
const line = (...counts: number[]) =>
  `${Array.from({ length: 17 }, (_, at) => (counts[at] ?? 0).toString(16).padStart(8, '0')).join(' ')}\n`;
const CPU0 = line(40, 1, 10, 0, 20, 0, 0, 0, 0, 30, 50, 60, 0, 0, 0, 0, 70);
const CPU1 = line(40, 1, 1, 0, 2, 0, 0, 0, 0, 3, 5, 6, 0, 0, 0, 0, 7);
const EVENTS: Fields = {
  conntrack_found: 11,
  conntrack_invalid: 22,
  conntrack_insert_failed: 33,
  conntrack_drop: 55,
  conntrack_early_drop: 66,
  conntrack_search_restart: 77,
};

describe('nf_conntrack in /proc/net/stat is read', () => {
  test.each<[string, string, Fields]>([
    ['as the sum over the CPUs', NAMES + CPU0 + CPU1, EVENTS],
    ['as nothing when there is no CPU', NAMES, {}],
    [
      'by the names of its own columns',
      'entries drop found\n00000001 00000002 00000003\n',
      { conntrack_drop: 2, conntrack_found: 3 },
    ],
    ['with a sum that wraps at 32 bits', 'entries drop\n00000001 ffffffff\n00000001 00000003\n', { conntrack_drop: 2 }],
  ])('%s', (_, text, want) => {
    expect(parseConntrack(text)).toStrictEqual(want);
  });
});

describe('nf_conntrack in /proc/net/stat is refused', () => {
  test.each([
    ['when empty', '', /expected "entries …", names of columns/],
    ['when it does not begin with the names', CPU0, /expected "entries/],
    [
      'when a line has fewer counts than names',
      `${NAMES}00000001 00000002\n`,
      /line 2: .* expected 17 hexadecimal counts/,
    ],
    ['when a line has more counts than names', `entries drop\n00000001 00000002 00000003\n`, /line 2/],
    ['when a count is none', 'entries drop\n00000001 0000000x\n', /line 2/],
    ['when cut off within a count', 'entries drop\n00000001 0000', /line 2/],
  ])('%s', (_, text, message) => {
    expect(() => parseConntrack(text)).toThrow(ParseError);
    expect(() => parseConntrack(text)).toThrow(message);
  });
});

describe('below the root of another host', () => {
  const made = mkdtempSync(join(tmpdir(), 'conntrack-'));
  afterAll(() => rmSync(made, { recursive: true }));

  const TABLE = {
    'proc/sys/net/netfilter/nf_conntrack_count': '8\n',
    'proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
  };

  function hostWith(name: string, files: Record<string, string>, namespaces: Record<string, string> = {}) {
    const root = join(made, name);
    const put = (path: string, write: (at: string) => void) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      write(join(root, path));
    };
    mkdirSync(root);
    for (const [path, text] of Object.entries(files)) put(path, (at) => writeFileSync(at, text));
    for (const [id, target] of Object.entries(namespaces)) put(`proc/${id}/ns/net`, (at) => symlinkSync(target, at));
    return openHost(root);
  }

  test.each<[string, Record<string, string>, Record<string, string>, Fields]>([
    [
      'a capture is read as it is',
      { ...TABLE, 'proc/net/stat/nf_conntrack': NAMES + CPU0 + CPU1 },
      {},
      { conntrack_count: 8, conntrack_max: 262144, ...EVENTS },
    ],
    ['a capture without events has the table', TABLE, {}, { conntrack_count: 8, conntrack_max: 262144 }],
    [
      'a host in the network of whom reads has its table',
      TABLE,
      { self: 'net:[1]', 1: 'net:[1]' },
      { conntrack_count: 8, conntrack_max: 262144 },
    ],
    [
      "a host in another network has the count of process 1's events, and no limit",
      { ...TABLE, 'proc/1/net/stat/nf_conntrack': NAMES + CPU0 + CPU1, 'proc/net/stat/nf_conntrack': NAMES },
      { self: 'net:[2]', 1: 'net:[1]' },
      { conntrack_count: 40, ...EVENTS },
    ],
  ])('%s', async (name, files, namespaces, want) => {
    expect((await sampleOf(conntrackSource, hostWith(name, files, namespaces))).fields).toStrictEqual(want);
  });

  test.each([
    ['nothing is tracked', {}, {}],
    ['the table is that of whom reads', TABLE, { self: 'net:[2]', 1: 'net:[1]' }],
    ['whose the table is cannot be told', TABLE, { self: 'net:[2]' }],
  ])('it is unavailable where %s', async (name, files, namespaces) => {
    const sampling = sampleOf(conntrackSource, hostWith(name, files, namespaces));
    await expect(sampling).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
