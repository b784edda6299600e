/**
 * /proc/net/dev: traffic and errors of the network interfaces of one network namespace.
 * Documentation/filesystems/proc.rst, section 1.5; net/core/net-procfs.c.
 *
 *     Inter-|   Receive                            …|  Transmit
 *      face |bytes    packets errs drop …
 *       eth0: 359485514  549361    0    0 …
 *
 * /proc/net is a link to self/net, which below another root would be this process's own network namespace: there
 * process 1's file is the host's.
 */
import type { Source } from '../../types.ts';
import { netFields } from './fields.ts';
import { parseNetDev } from './parse.ts';

export const netDevSource: Source = {
  name: 'net/dev',
  subsystem: '/proc/net/dev',
  groups: [{ group: 'net', device: 'between', fields: netFields }],
  parse: parseNetDev,
  open: (host) => () => host.readText(...(host.isOwn ? [] : ['/proc/1/net/dev']), '/proc/net/dev'),
};
