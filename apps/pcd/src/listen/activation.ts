import { readFileSync, readlinkSync } from 'node:fs';
import { UserError } from '@perfcollector/cli';
import type { Address } from './address.ts';

/** Where the sockets begin that systemd hands over (sd_listen_fds(3)). */
const FIRST_FD = 3;

/**
 * The socket that systemd opened for this process.
 * @throws UserError where there are several
 */
export function inheritedSocket(env: Readonly<Record<string, string | undefined>>): Address | undefined {
  // The variables may have been meant for a parent that left them to its children.
  if (env.LISTEN_PID !== String(process.pid)) return undefined;
  const count = Number(env.LISTEN_FDS);
  if (!(count > 0)) return undefined;
  if (count === 1) return { kind: 'inherited', fd: FIRST_FD };
  throw new UserError('TOO_MANY_SOCKETS', `systemd hands over ${count} sockets, and pcd listens on one`, {
    hint: 'Leave one ListenStream= in its socket unit.',
  });
}

/** The path of an inherited Unix socket, which Node does not know. Source: /proc/net/unix, whose columns are `Num RefCount Protocol Flags Type St Inode Path`. */
export function pathOfUnixSocket(fd: number): string {
  const inode = /\d+/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[0];
  const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n');
  const columns = sockets.map((line) => line.split(/ +/)).find(([, , , , , , number]) => number === inode);
  return columns?.slice(7).join(' ') || '(unnamed)';
}
