import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@perfcollector/api';
import {
  codeOf,
  type Io,
  PACKAGED,
  readClientTls,
  secret,
  serverAddress,
  systemError,
  tlsOptions,
  UserError,
  type Values,
} from '@perfcollector/cli';
import { contextOption } from './contexts/choose-context.ts';
import { listenersOf } from './own-server.ts';

/** What every command needs to reach a server. */
export const serverOptions = {
  context: contextOption,
  server: serverAddress({
    flag: '--server <url>',
    env: 'PCCTL_SERVER',
    fallback: 'http://127.0.0.1:8080',
    about: 'The pcd to talk to, or unix:<socket>.',
  }),
  apiKey: secret({
    flag: '--apikey-file <path>',
    env: 'PCCTL_APIKEY',
    about:
      'The key to use. Without one, a server on this machine gets the key that pcd left for its own user, or for root.',
  }),
  ...tlsOptions('PCCTL'),
};

type ServerValues = Values<typeof serverOptions>;

/** Connects for the time of one command. */
export async function withServer<T>(options: ServerValues, io: Io, use: (client: Client) => Promise<T>): Promise<T> {
  const { server } = options;
  const apiKey = options.apiKey ?? (isOwnMachine(server) ? keyForOwnServer(server, io) : undefined);
  const client = new Client({ server, apiKey, tls: readClientTls(server, options) });
  const stop = () => void client.destroy();
  io.signal.addEventListener('abort', stop);
  try {
    return await use(client);
  } catch (error) {
    throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted') : error;
  } finally {
    io.signal.removeEventListener('abort', stop);
    await client.destroy();
  }
}

/** The administrator's key of this machine's pcd must not travel to another one. */
function isOwnMachine(server: string): boolean {
  if (server.startsWith('unix:')) return true;
  if (!URL.canParse(server)) return false;
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(server).hostname);
}

interface AdminKey {
  readonly path: string;
  readonly key: string;
  /** The user that pcd runs as. */
  readonly owner: number;
}

/** The key of this machine's pcd, where that is who listens. */
function keyForOwnServer(server: string, io: Io): string | undefined {
  const found = ownAdminKey(io);
  if (!found) return undefined;
  const stranger = listenersOf(server).find((user) => user !== found.owner && user !== 0);
  if (stranger === undefined) return found.key;
  io.stderr.write(
    `pcctl: the key in ${found.path} is not sent: user ${stranger} listens at ${server}, not user ${found.owner}, whose key it is\n`,
  );
  return undefined;
}

/** The key that pcd made at its first start, where this user may read it: the user's own pcd, or the one that runs as a unit. */
function ownAdminKey({ env }: Io): AdminKey | undefined {
  const homes = env.PCD_HOME ? [env.PCD_HOME] : [join(homedir(), '.pcd'), PACKAGED.pcdHome];
  for (const home of homes) {
    const found = readAdminKey(join(home, 'admin.key'));
    if (found !== undefined) return found;
  }
  return undefined;
}

function readAdminKey(path: string): AdminKey | undefined {
  try {
    const key = readFileSync(path, 'utf8').trim();
    return key ? { path, key, owner: statSync(path).uid } : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES') return undefined;
    throw systemError(`read the administrator's key ${path}`, error);
  }
}
