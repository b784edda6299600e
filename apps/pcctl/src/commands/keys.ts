import { writeFileSync } from 'node:fs';
import { ApiError, type Client, contract, SCOPES } from '@perfcollector/api';
import {
  command,
  duration,
  formatTable,
  formatTime,
  option,
  parseDuration,
  replaceFile,
  systemError,
  text,
  UsageError,
  UserError,
} from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

const keyId = [{ name: '<id>', about: 'The id that `pcctl keys list` shows.' }];

const outputOption = text({
  flag: '-o, --output <file>',
  about: 'Write the key into this file, for its owner alone, instead of showing it.',
});

export const list = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, async (client) => (await client.keys()).keys),
  print: (keys) =>
    formatTable([
      ['ID', 'NAME', 'TENANT', 'SCOPES', 'MACHINES', 'CREATED', 'EXPIRES', 'LAST USED', 'OLD SECRET UNTIL'],
      ...keys.map(({ id, name, tenant, scopes, machines, created, expires, last_used, previous_until }) => [
        id,
        name,
        tenant,
        scopes.join(','),
        machines ?? '*',
        formatTime(created),
        formatTime(expires),
        formatTime(last_used),
        previous_until === null ? '-' : formatTime(previous_until),
      ]),
    ]),
});

export const show = command({
  args: keyId,
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) =>
    withServer(options, io, async (client) => {
      const found = (await client.keys()).keys.find((key) => key.id === id);
      if (found) return found;
      throw new UserError('NO_KEY_ID', `there is no key with the id ${JSON.stringify(id)}; see the list of keys`);
    }),
  print: ({ id, name, tenant, scopes, machines, created, expires, last_used, previous_until }) =>
    formatTable([
      ['id', id],
      ['name', name],
      ['tenant', tenant],
      ['scopes', scopes.join(', ')],
      ['machines', machines ?? 'all of its tenant'],
      ['created', formatTime(created)],
      ['expires', formatTime(expires)],
      ['last used', formatTime(last_used)],
      ['old secret', previous_until === null ? 'none' : `valid until ${formatTime(previous_until)}`],
    ]),
});

export const create = command({
  options: {
    ...serverOptions,
    name: text({ flag: '--name <name>', about: 'What the key is for; shown in the list.' }),
    scopes: option({
      flag: '--scopes <list>',
      fallback: 'ingest',
      about: `What it may do, separated by commas: ${SCOPES.join(', ')}.`,
      parse: parseScopes,
    }),
    tenant: text({ flag: '--tenant <tenant>', about: 'Whose data it reaches; your own where it is not given.' }),
    machines: text({
      flag: '--machines <pattern>',
      about: 'The machines that it is for, with * for any text, such as web*; all where it is not given.',
    }),
    output: outputOption,
    expires: duration({
      flag: '--expires <duration>',
      least: '1s',
      about: 'How long it is valid; for ever where it is not given.',
    }),
  },
  async run({ name, scopes, tenant, machines, expires, output, ...options }, { io }) {
    if (name === undefined) throw new UsageError('a key needs a name', 'Say what it is for: --name web01');
    const ends =
      expires === undefined || expires === Number.POSITIVE_INFINITY ? undefined : (Date.now() + expires) / 1000;
    const request = {
      name,
      scopes,
      ...(tenant !== undefined && { tenant }),
      ...(machines !== undefined && { machines }),
      ...(ends !== undefined && { expires: ends }),
    };
    return receiveKey(output, () => withServer(options, io, (client) => client.createKey(request)));
  },
  print: printNewKey,
});

export const revoke = command({
  args: [{ name: '<id...>', about: 'The ids that `pcctl keys list` shows.' }],
  options: serverOptions,
  run: (options, { io, args }) => withServer(options, io, (client) => revokeAll(client, args)),
  print: ({ revoked }) => revoked.map((id) => `revoked ${id}\n`).join(''),
  problems: ({ refused }) => refused.map(({ id, error }) => `${id} is not revoked: ${error}`),
});

interface Revocation {
  readonly revoked: string[];
  readonly refused: { readonly id: string; readonly error: string }[];
}

/** One that is refused does not keep the others. */
async function revokeAll(client: Client, ids: readonly string[]): Promise<Revocation> {
  const outcome: Revocation = { revoked: [], refused: [] };
  for (const id of ids) {
    try {
      outcome.revoked.push((await client.revokeKey(id)).id);
    } catch (error) {
      if (!(error instanceof ApiError) || ids.length === 1) throw error;
      outcome.refused.push({ id, error: error.message });
    }
  }
  return outcome;
}

export const rotate = command({
  args: keyId,
  options: {
    ...serverOptions,
    output: outputOption,
    overlap: option({
      flag: '--overlap <duration>',
      fallback: '0s',
      about: 'How long the old secret stays valid beside the new one, at most 90d.',
      parse: parseOverlap,
    }),
  },
  run: ({ output, overlap, ...options }, { io, args: [id = ''] }) =>
    receiveKey(output, () => withServer(options, io, (client) => client.rotateKey(id, overlap))),
  print: printNewKey,
});

/** A key that was just made: itself, or the file that it was written to. */
type ReceivedKey = contract.NewKey | (contract.Key & { readonly file: string });

/** The file is made first: a key that could be put nowhere is never asked for, for it is shown only once. */
async function receiveKey(file: string | undefined, ask: () => Promise<contract.NewKey>): Promise<ReceivedKey> {
  if (file === undefined) return ask();
  const place = attempt(file, () => replaceFile(file, 0o600));
  try {
    attempt(file, () => writeFileSync(place.temporary, ' '.repeat(KEY_ROOM))); // a full disk shows now, not later
    const { key, ...known } = await ask();
    attempt(file, () => {
      writeFileSync(place.temporary, `${key}\n`);
      place.commit();
    });
    return { ...known, file };
  } finally {
    place.discard();
  }
}

/** More bytes than a key has. */
const KEY_ROOM = 256;

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw systemError(`write the key to ${file}`, error);
  }
}

function printNewKey(received: ReceivedKey): string {
  if ('file' in received) return `the key ${received.id} (${received.name}) is in ${received.file}\n`;
  const { id, name, key } = received;
  return `${key}\n\nThis is the key ${id} (${name}). It is shown this once: keep it where only its user can read it.\n`;
}

function parseScopes(text: string) {
  return text.split(',').map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (!scope) throw new Error(`${JSON.stringify(word)} is no scope; expected ${SCOPES.join(', ')}`);
    return scope;
  });
}

/** Seconds. */
function parseOverlap(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= contract.LONGEST_OVERLAP_SECONDS * 1000) return ms / 1000;
  throw new Error(`${JSON.stringify(text)} is no overlap; expected a duration such as 24h, at most 90d`);
}
