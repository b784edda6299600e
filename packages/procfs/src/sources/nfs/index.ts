/**
 * /proc/net/rpc/nfs: what this host's NFS client asked of servers, all mounts together. There once the nfs module is.
 * net/sunrpc/stats.c, rpc_proc_show(); include/linux/nfs4.h for the order of version 4's operations.
 *
 *     net 0 0 0 0
 *     rpc 1205 0 1205
 *     proc3 22 0 15 0 …
 *     proc4 68 1 92 0 …
 */
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { networkFields, procedureFields, rpcFields } from './fields.ts';
import { nfsScanner } from './parse.ts';

const { proc2, proc3, proc4 } = procedureFields;

export const nfsSource: Source = {
  name: 'nfs',
  groups: [
    {
      group: 'nfs',
      device: 'none',
      fields: [...networkFields, ...rpcFields, ...proc2, ...proc3, ...proc4],
      isLast: true,
    },
  ],
  ...scannedFile('/proc/net/rpc/nfs', nfsScanner, { paths: networkPaths('/proc/net/rpc/nfs') }),
};
