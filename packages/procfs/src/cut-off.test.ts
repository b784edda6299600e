import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ParseError } from './errors.ts';
import { openHost } from './reader.ts';
import { sources } from './sources/index.ts';
import { testRoot } from './test-root.ts';
import { allSettings, sampleOf } from './test-sampling.ts';
import type { Fields, Source } from './types.ts';

const HOSTS = join(import.meta.dirname, '../../../test-fixtures/hosts');
/** Kernel files of many lines or columns: a text that ends without a line feed was cut off. */
const FILES =
  `stat meminfo diskstats net/dev loadavg vmstat uptime pressure/cpu pressure/memory net/snmp net/snmp6 net/netstat
  net/sockstat net/sockstat6 net/softnet_stat schedstat zoneinfo buddyinfo interrupts sys/fs/file-nr mdstat net/rpc/nfs
  self/mountstats net/stat/nf_conntrack`.split(/\s+/);

async function fieldsOf(source: Source, root: string): Promise<Fields> {
  try {
    return (await sampleOf(source, openHost(root), allSettings)).fields;
  } catch (error) {
    if (error instanceof ParseError) return {};
    throw error;
  }
}

/** Ends within a line; the last ones, and some on the way. */
function placesToCut(text: Buffer): number[] {
  const some = Array.from({ length: 25 }, (_, at) => Math.floor((text.length * (at + 1)) / 26));
  const last = Array.from({ length: 12 }, (_, at) => text.length - 1 - at);
  return [...some, ...last].filter((at) => at > 0 && text[at - 1] !== 0x0a);
}

const cases = readdirSync(HOSTS).flatMap((host) =>
  FILES.flatMap((file) => {
    const path = file === 'self/mountstats' ? '/proc/1/mountstats' : `/proc/${file}`;
    const source = sources.find(
      (one) =>
        one.open &&
        one.name !== 'processes' &&
        (one.subsystem === `/proc/${file}` || one.subsystem === `/proc/${file.split('/')[0]}`),
    );
    try {
      return source ? [{ host, file, path, source, text: readFileSync(join(HOSTS, host, 'proc', file)) }] : [];
    } catch {
      return []; // this host does not have it
    }
  }),
);

test.each(cases)('$file of $host, cut off anywhere, gives no number that the whole does not', async (one) => {
  const { root, put } = testRoot();
  put(one.path, '');
  const file = join(root, one.path);
  writeFileSync(file, one.text);
  const whole = await fieldsOf(one.source, root);
  expect(Object.keys(whole).length).toBeGreaterThan(0);
  for (const at of placesToCut(one.text)) {
    writeFileSync(file, one.text.subarray(0, at));
    const cut = await fieldsOf(one.source, root);
    for (const [name, value] of Object.entries(cut)) expect([at, name, value]).toStrictEqual([at, name, whole[name]]);
  }
});
