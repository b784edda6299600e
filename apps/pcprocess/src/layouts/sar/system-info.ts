import type { HostFacts, ProcessorDetails } from '@perfcollector/procfs';

/** perfcollector2's words, in its order. What is unknown is left out. */
interface SystemInfo {
  readonly vendor_id?: string | undefined;
  readonly model_name?: string | undefined;
  /** Of one socket. */
  readonly cpu_cores?: number | undefined;
  readonly siblings?: number | undefined;
  readonly cpu_mhz?: number | undefined;
  readonly cache_size?: string | undefined;
  readonly total_cpus?: number | undefined;
  /** Sockets. */
  readonly physical_cpus?: number | undefined;
  readonly bogomips?: number | undefined;
  readonly flags?: string | undefined;
}

/** What perfcollector2 tells of a host's processors, from what it recorded of them, else from a header of this suite. */
export function systemInfo(
  processors: ProcessorDetails | undefined,
  host: HostFacts | undefined,
): SystemInfo | undefined {
  const info = processors ? fromProcessors(processors) : host && fromHeader(host);
  return info && Object.values(info).some((value) => value !== undefined) ? info : undefined;
}

function fromProcessors(processors: ProcessorDetails): SystemInfo {
  return {
    vendor_id: processors.vendor,
    model_name: processors.model,
    cpu_cores: processors.coresPerSocket,
    siblings: processors.threadsPerSocket,
    cpu_mhz: processors.mhz,
    cache_size: processors.cache,
    total_cpus: processors.cpus,
    physical_cpus: processors.sockets,
    bogomips: processors.bogomips,
    flags: processors.flags,
  };
}

function fromHeader({ cpu_model, cores, cpus, cpu_mhz, sockets }: HostFacts): SystemInfo {
  return {
    model_name: cpu_model,
    cpu_cores: inEach(cores, sockets),
    siblings: inEach(cpus, sockets),
    cpu_mhz,
    total_cpus: cpus,
    physical_cpus: sockets,
  };
}

/** Sockets that are not alike have no number in common. */
function inEach(all: number | undefined, sockets: number | undefined): number | undefined {
  const each = (all ?? Number.NaN) / (sockets ?? Number.NaN);
  return Number.isInteger(each) ? each : undefined;
}
