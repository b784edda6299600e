/**
 * /proc/sys/net/netfilter/nf_conntrack_{count,max} and /proc/net/stat/nf_conntrack: connections that the firewall tracks.
 * Documentation/networking/nf_conntrack-sysctl.rst; net/netfilter/nf_conntrack_standalone.c.
 *
 *     entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error …
 *     00000305  00000004 00000b0a 00000000 000008a0 …
 *
 * Absent until the module is loaded. Names of columns changed over time (searched became clashres); some now stand at 0.
 */
import { type DeviceFile, deviceFiles } from '../../device-files.ts';
import { optionalFact, SourceError } from '../../errors.ts';
import { singleCountScanner } from '../../scan/single-value.ts';
import { networkPaths } from '../../scanned-file.ts';
import type { HostReader, Source } from '../../types.ts';
import { eventFields, tableFields } from './fields.ts';
import { showsHostNetwork } from './network.ts';
import { conntrackScanner, parseConntrack } from './parse.ts';

const TABLE = '/proc/sys/net/netfilter';
const EVENTS = '/proc/net/stat';
const NAME = 'nf_conntrack';

export const conntrackSource: Source = {
  name: 'conntrack',
  subsystem: `${EVENTS}/${NAME}`,
  groups: [{ group: 'conntrack', device: 'none', fields: [...tableFields, ...eventFields] }],
  parse: parseConntrack,
  open: (host) => deviceFiles(host, () => findFiles(host)),
};

function findFiles(host: HostReader): readonly DeviceFile[] {
  const table = showsHostNetwork(host) ? tableFiles(host) : [];
  const events = networkPaths(EVENTS)(host).find((path) => namesIn(host, path).includes(NAME));
  const hasCount = table.some(({ path }) => path.endsWith('_count'));
  const found = events
    ? [...table, { path: `${events}/${NAME}`, scan: conntrackScanner(!hasCount), shape: 'short lines' as const }]
    : table;
  if (found.length > 0) return found;
  throw new SourceError(
    'unavailable',
    `no connection is tracked: ${host.root} has neither ${TABLE} nor ${EVENTS}/${NAME}`,
  );
}

function tableFiles(host: HostReader): readonly DeviceFile[] {
  const names = namesIn(host, TABLE);
  const found = tableFields.filter(({ kernel }) => names.includes(kernel));
  return found.map(({ stat, kernel }) => {
    const path = `${TABLE}/${kernel}`;
    return { path, scan: singleCountScanner(path, `conntrack_${stat}`) };
  });
}

function namesIn(host: HostReader, directory: string): readonly string[] {
  return optionalFact(() => host.list(directory)) ?? [];
}
