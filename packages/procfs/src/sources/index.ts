import type { Source } from '../types.ts';
import { buddyinfoSource } from './buddyinfo/index.ts';
import { conntrackSource } from './conntrack/index.ts';
import { containerSource } from './container/index.ts';
import { cpufreqSource } from './cpufreq/index.ts';
import { cpuinfoSource } from './cpuinfo/index.ts';
import { diskstatsSource } from './diskstats/index.ts';
import { entropySource } from './entropy/index.ts';
import { fileNrSource } from './file-nr/index.ts';
import { hwmonSource } from './hwmon/index.ts';
import { infinibandSource } from './infiniband/index.ts';
import { interruptsSource } from './interrupts/index.ts';
import { loadavgSource } from './loadavg/index.ts';
import { mdstatSource } from './mdstat/index.ts';
import { meminfoSource } from './meminfo/index.ts';
import { mountstatsSource } from './mountstats/index.ts';
import { netDevSource } from './net-dev/index.ts';
import { netstatSource } from './net-netstat/index.ts';
import { snmpSource } from './net-snmp/index.ts';
import { snmp6Source } from './net-snmp6/index.ts';
import { sockstatSource } from './net-sockstat/index.ts';
import { sockstat6Source } from './net-sockstat6/index.ts';
import { softnetSource } from './net-softnet_stat/index.ts';
import { nfsSource } from './nfs/index.ts';
import { numastatSource } from './numastat/index.ts';
import { pccSource } from './pcc/index.ts';
import { powercapSource } from './powercap/index.ts';
import { pressureSource } from './pressure/index.ts';
import { processesSource } from './processes/index.ts';
import { schedstatSource } from './schedstat/index.ts';
import { statSource } from './stat/index.ts';
import { statfsSource } from './statfs/index.ts';
import { thermalSource } from './thermal/index.ts';
import { uptimeSource } from './uptime/index.ts';
import { vmstatSource } from './vmstat/index.ts';
import { zoneinfoSource } from './zoneinfo/index.ts';

/** Every source, in the order in which they are read and in which tables show their fields. */
export const sources: readonly Source[] = [
  statSource,
  meminfoSource,
  loadavgSource,
  schedstatSource,
  pressureSource,
  diskstatsSource,
  mdstatSource,
  netDevSource,
  snmpSource,
  snmp6Source,
  sockstatSource,
  sockstat6Source,
  softnetSource,
  conntrackSource,
  statfsSource,
  uptimeSource,
  fileNrSource,
  entropySource,
  containerSource,
  cpufreqSource,
  thermalSource,
  hwmonSource,
  powercapSource,
  infinibandSource,
  vmstatSource,
  netstatSource,
  zoneinfoSource,
  buddyinfoSource,
  interruptsSource,
  numastatSource,
  nfsSource,
  mountstatsSource,
  cpuinfoSource,
  processesSource,
  pccSource,
];
