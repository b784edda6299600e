import type { Source } from '../types.ts';
import { containerSource } from './container/index.ts';
import { cpufreqSource } from './cpufreq/index.ts';
import { cpuinfoSource } from './cpuinfo/index.ts';
import { diskstatsSource } from './diskstats/index.ts';
import { hwmonSource } from './hwmon/index.ts';
import { infinibandSource } from './infiniband/index.ts';
import { loadavgSource } from './loadavg/index.ts';
import { mdstatSource } from './mdstat/index.ts';
import { meminfoSource } from './meminfo/index.ts';
import { mountstatsSource } from './mountstats/index.ts';
import { netDevSource } from './net-dev/index.ts';
import { nfsSource } from './nfs/index.ts';
import { numastatSource } from './numastat/index.ts';
import { pccSource } from './pcc/index.ts';
import { powercapSource } from './powercap/index.ts';
import { processesSource } from './processes/index.ts';
import { statSource } from './stat/index.ts';
import { statfsSource } from './statfs/index.ts';
import { thermalSource } from './thermal/index.ts';
import { uptimeSource } from './uptime/index.ts';
import { vmstatSource } from './vmstat/index.ts';

/** Every source, in the order in which they are read and in which tables show their fields. */
export const sources: readonly Source[] = [
  statSource,
  meminfoSource,
  loadavgSource,
  diskstatsSource,
  mdstatSource,
  netDevSource,
  statfsSource,
  uptimeSource,
  containerSource,
  cpufreqSource,
  thermalSource,
  hwmonSource,
  powercapSource,
  infinibandSource,
  vmstatSource,
  numastatSource,
  nfsSource,
  mountstatsSource,
  cpuinfoSource,
  processesSource,
  pccSource,
];
