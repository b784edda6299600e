import type { FieldSpec } from '../../types.ts';

export const networkFields: readonly FieldSpec[] = [
  { stat: 'net_packets', kernel: 'net 1', unit: 'count', kind: 'counter', about: 'Packets sent and received; most kernels leave it at 0.' },
  { stat: 'net_udp', kernel: 'net 2', unit: 'count', kind: 'counter', about: 'Those of UDP.' },
  { stat: 'net_tcp', kernel: 'net 3', unit: 'count', kind: 'counter', about: 'Those of TCP.' },
  { stat: 'net_tcp_connections', kernel: 'net 4', unit: 'count', kind: 'counter', about: 'TCP connections.' },
];

export const rpcFields: readonly FieldSpec[] = [
  { stat: 'rpc_calls', kernel: 'rpc 1', unit: 'count', kind: 'counter', about: 'Calls to servers.' },
  { stat: 'rpc_retransmissions', kernel: 'rpc 2', unit: 'count', kind: 'counter', about: 'Calls that were sent again because no answer came in time.' },
  { stat: 'rpc_auth_refreshes', kernel: 'rpc 3', unit: 'count', kind: 'counter', about: 'Times that credentials were refreshed.' },
];

/** RFC 1094, in the order of its procedures. */
const VERSION_2 = 'null getattr setattr root lookup readlink read wrcache write create remove rename link symlink mkdir rmdir readdir fsstat';

/** RFC 1813, in the order of its procedures. */
const VERSION_3 = `null getattr setattr lookup access readlink read write create mkdir symlink mknod remove rmdir rename link
  readdir readdirplus fsstat fsinfo pathconf commit`;

/**
 * Linux's own numbers of the operations of version 4 (include/linux/nfs4.h), as far as all kernels since 3.10 agree:
 * fsid_present came between secinfo and exchange_id in 3.13, and those behind have moved more than once.
 */
const VERSION_4 = `null read write commit open open_confirm open_noattr open_downgrade close setattr fsinfo renew setclientid
  setclientid_confirm lock lockt locku access getattr lookup lookup_root remove rename link symlink create pathconf statfs
  readlink readdir server_caps delegreturn getacl setacl fs_locations release_lockowner secinfo`;

/** What each procedure line of the file counts, in its order. */
export const procedureFields: Readonly<Record<'proc2' | 'proc3' | 'proc4', readonly FieldSpec[]>> = {
  proc2: operations('proc2', VERSION_2),
  proc3: operations('proc3', VERSION_3),
  proc4: operations('proc4', VERSION_4),
};

function operations(line: 'proc2' | 'proc3' | 'proc4', names: string): FieldSpec[] {
  const version = line.slice(-1);
  return names.split(/\s+/).map((name, at) => ({
    stat: `${line}_${name}`,
    kernel: `${line} ${at + 2}`,
    unit: 'count',
    kind: 'counter',
    about: `Calls of ${name}, NFS version ${version}.`,
  }));
}
