import { writeFileSync } from 'node:fs';
import { type contract, SCOPES } from '@perfcollector/api';
import {
  command,
  duration,
  formatTable,
  formatTime,
  option,
  replaceFile,
  systemError,
  text,
  UsageError,
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
      ['ID', 'NAME', 'TENANT', 'SCOPES', 'CREATED', 'EXPIRES'],
      ...keys.map(({ id, name, tenant, scopes, created, expires }) => [
        id,
        name,
        tenant,
        scopes.join(','),
        formatTime(created),
        formatTime(expires),
      ]),
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
    output: outputOption,
    expires: duration({
      flag: '--expires <duration>',
      least: '1s',
      about: 'How long it is valid; for ever where it is not given.',
    }),
  },
  async run({ name, scopes, tenant, expires, output, ...options }, { io }) {
    if (name === undefined) throw new UsageError('a key needs a name', 'Say what it is for: --name web01');
    const ends =
      expires === undefined || expires === Number.POSITIVE_INFINITY ? undefined : (Date.now() + expires) / 1000;
    const request = {
      name,
      scopes,
      ...(tenant !== undefined && { tenant }),
      ...(ends !== undefined && { expires: ends }),
    };
    return receiveKey(output, () => withServer(options, io, (client) => client.createKey(request)));
  },
  print: printNewKey,
});

export const revoke = command({
  args: keyId,
  options: serverOptions,
  run: (options, { io, args: [id = ''] }) => withServer(options, io, (client) => client.revokeKey(id)),
  print: ({ id }) => `revoked ${id}\n`,
});

export const rotate = command({
  args: keyId,
  options: { ...serverOptions, output: outputOption },
  run: ({ output, ...options }, { io, args: [id = ''] }) =>
    receiveKey(output, () => withServer(options, io, (client) => client.rotateKey(id))),
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
