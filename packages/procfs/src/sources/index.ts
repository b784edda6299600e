import type { Source } from '../types.ts';
import { containerSource } from './container/index.ts';
import { cpuinfoSource } from './cpuinfo/index.ts';
import { diskstatsSource } from './diskstats/index.ts';
import { loadavgSource } from './loadavg/index.ts';
import { meminfoSource } from './meminfo/index.ts';
import { netDevSource } from './net-dev/index.ts';
import { netstatSource } from './net-netstat/index.ts';
import { snmpSource } from './net-snmp/index.ts';
import { snmp6Source } from './net-snmp6/index.ts';
import { pccSource } from './pcc/index.ts';
import { pressureSource } from './pressure/index.ts';
import { statSource } from './stat/index.ts';
import { statfsSource } from './statfs/index.ts';
import { uptimeSource } from './uptime/index.ts';
import { vmstatSource } from './vmstat/index.ts';

/** Every source, in the order in which they are read and in which tables show their fields. */
export const sources: readonly Source[] = [
  statSource,
  meminfoSource,
  loadavgSource,
  pressureSource,
  diskstatsSource,
  netDevSource,
  snmpSource,
  snmp6Source,
  statfsSource,
  uptimeSource,
  containerSource,
  vmstatSource,
  netstatSource,
  cpuinfoSource,
  pccSource,
];
