import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { socketStateOf, systemError, UserError } from '@perfcollector/cli';
import { pathOfUnixSocket } from './activation.ts';
import { type Address, addressText, type NamedAddress } from './address.ts';
import { checkPrivacy, type Privacy } from './plain-http.ts';

/** Its owner and group may connect. */
const SOCKET_MODE = 0o660;

/**
 * Begins to listen; gives the address as clients name it.
 * @throws UserError, UsageError
 */
export async function openServer(server: Server, address: Address, privacy: Privacy): Promise<string> {
  try {
    if (address.kind === 'unix') await freePath(address.path);
    const listening = once(server, 'listening');
    server.listen(address.kind === 'tcp' ? { host: address.host, port: address.port } : address);
    await listening;
    if (address.kind === 'unix') chmodSync(address.path, SOCKET_MODE);
  } catch (error) {
    throw error instanceof UserError ? error : systemError(`listen on ${addressText(address)}`, error);
  }
  const named = whereIs(server, address);
  // No connection has been taken yet: that is for the next turn of the event loop.
  if (address.kind === 'inherited') closeUnlessPrivate(server, named, privacy);
  return named.kind === 'unix' ? addressText(named) : `${privacy.isTls ? 'https' : 'http'}://${addressText(named)}`;
}

/** @throws UserError where the path is not free, and cannot be made so */
async function freePath(path: string): Promise<void> {
  const state = await socketStateOf(path);
  if (state === 'stale') rmSync(path, { force: true });
  if (state === 'other')
    throw new UserError('NO_SOCKET', `cannot listen on unix:${path}: something else than a socket is there`, {
      hint: 'Move it away, or choose another path.',
    });
  if (state === 'answered')
    throw new UserError('IN_USE', `cannot listen on unix:${path}: another program listens there`, {
      hint: 'Stop it, or choose another path.',
    });
}

/** The port is what the kernel gave; of an inherited socket, all is. */
function whereIs(server: Server, address: Address): NamedAddress {
  if (address.kind === 'unix') return address;
  const bound = server.address() as AddressInfo | null;
  if (bound) return { kind: 'tcp', host: bound.address, port: bound.port };
  if (address.kind === 'inherited') return { kind: 'unix', path: pathOfUnixSocket(address.fd) };
  throw new Error('BUG: a server that listens has no address');
}

function closeUnlessPrivate(server: Server, address: NamedAddress, privacy: Privacy): void {
  try {
    checkPrivacy(address, privacy);
  } catch (error) {
    server.close();
    throw error;
  }
}
