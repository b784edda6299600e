import { chmodSync, rmSync } from 'node:fs';
import type { Client } from '@perfcollector/api';
import {
  command,
  counted,
  duration,
  formatBytes,
  option,
  parseDuration,
  size,
  text,
  UsageError,
} from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';
import { homeOption, withHome } from '../offline.ts';
import { beginFile, writeWhole } from '../write-whole.ts';

/** Reads and decodes everything that is stored. Damage is what the exit code 1 says. */
export const verify = command({
  options: { ...serverOptions, home: homeOption },
  run: ({ home, ...options }, { io }) =>
    home === undefined
      ? withServer(options, io, (client) => client.verify())
      : withHome(home, (maintenance) => maintenance.verify()),
  print: ({ machines, samples, chunks, problems }) =>
    `read ${counted(machines, 'machine')}, ${counted(samples, 'sample')}, ${counted(chunks, 'chunk')}: ${problems.length === 0 ? 'all is well' : counted(problems.length, 'problem')}\n`,
  problems: ({ problems }) => problems,
});

/** A copy of the whole store, here or in the server's own folder of backups, while the server goes on. */
export const backup = command({
  options: {
    ...serverOptions,
    home: homeOption,
    output: text({
      flag: '-o, --output <file>',
      about: 'Write the backup into this file, for its owner alone; without it the server keeps it in its home.',
    }),
    name: text({ flag: '--name <name>', about: 'What the server calls a backup that it keeps; the time otherwise.' }),
  },
  run({ home, output, name, ...options }, { io }): Promise<{ path: string; bytes: number; on: 'server' | 'here' }> {
    if (home !== undefined) return backupOfHome(home, output);
    return withServer(options, io, async (client) => {
      if (output !== undefined) return { path: output, bytes: await download(client, output), on: 'here' };
      return { ...(await client.backup(name)), on: 'server' };
    });
  },
  print: ({ path, bytes, on }) =>
    `the backup is ${on === 'here' ? 'in' : 'on the server, in'} ${path}: ${formatBytes(bytes)}\n`,
});

/** Keys are in it, if only their hashes, and everybody's samples. */
const OWNER_ALONE = 0o600;

async function download(client: Client, output: string): Promise<number> {
  let bytes = 0;
  const stream = await client.downloadBackup();
  stream.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
  });
  await writeWhole(stream, output, OWNER_ALONE);
  return bytes;
}

async function backupOfHome(home: string, output: string | undefined) {
  if (output === undefined) throw new UsageError('a backup of a home needs a file', 'Name it: -o pcd-backup.sqlite');
  const file = beginFile(output, OWNER_ALONE);
  try {
    rmSync(file.temporary); // the store makes the file itself, and takes none that is there
    const { bytes } = await withHome(home, (maintenance) => maintenance.backup(file.temporary));
    chmodSync(file.temporary, OWNER_ALONE);
    file.commit();
    return { path: output, bytes, on: 'here' as const };
  } finally {
    file.discard();
  }
}

/** Deletes what is older than it shall be kept. */
export const prune = command({
  options: {
    ...serverOptions,
    raw: duration({ flag: '--raw <duration>', least: '1s', about: 'Delete samples that are older.' }),
    rollups: option({
      flag: '--rollups <list>',
      about: 'Delete roll-ups that are older: one duration for all, or by their steps: 1m=90d,5m=180d,1h=1825d.',
      parse: parseRollups,
    }),
    size: size({
      flag: '--size <size>',
      least: '1MiB',
      about: 'Delete the oldest samples until the store is no larger.',
    }),
  },
  run({ raw, rollups, size: bytes, ...options }, { io }) {
    if ((raw ?? rollups ?? bytes) === undefined)
      throw new UsageError('nothing says what shall be deleted', 'Say how long samples are kept, such as --raw 30d.');
    const request = {
      ...(raw !== undefined && Number.isFinite(raw) && { raw: raw / 1000 }),
      ...(rollups && { rollups }),
      ...(bytes !== undefined && { bytes }),
    };
    return withServer(options, io, (client) => client.prune(request));
  },
  print: ({ samples, rollups, bytes_before, bytes_after }) =>
    `deleted ${counted(samples, 'sample')} and ${counted(rollups, 'roll-up')}; ${sizesText(bytes_before, bytes_after)}\n`,
});

const STEPS = ['1m', '5m', '1h'] as const;

/** Seconds by the step of the roll-up. */
function parseRollups(value: string): { [step in (typeof STEPS)[number]]?: number } {
  if (!value.includes('=')) return Object.fromEntries(STEPS.map((step) => [step, seconds(value)]));
  return Object.fromEntries(
    value.split(',').map((part) => {
      const [step = '', age = ''] = part.split('=');
      if (!STEPS.some((known) => known === step))
        throw new Error(`${JSON.stringify(step)} is no step of a roll-up; expected ${STEPS.join(', ')}`);
      return [step, seconds(age)];
    }),
  );
}

function seconds(value: string): number {
  const ms = parseDuration(value);
  if (ms !== undefined && ms >= 1000 && Number.isFinite(ms)) return ms / 1000;
  throw new Error(`${JSON.stringify(value)} is no age; expected one such as 90d`);
}

/** Gives the space of what was deleted back to the file system. */
export const vacuum = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, (client) => client.vacuum()),
  print: ({ bytes_before, bytes_after }) => `${sizesText(bytes_before, bytes_after)}\n`,
});

function sizesText(before: number, after: number): string {
  return `the store took ${formatBytes(before)} and takes ${formatBytes(after)}`;
}
