import { ParseError } from '../../errors.ts';
import { nameModel } from './model.ts';

/** What /proc/cpuinfo says of the processors, as far as it says it: architectures differ. */
export interface CpuFacts {
  /** Processors (hardware threads) on line. */
  readonly cpus: number;
  readonly model?: string;
  /** The board or machine around them, where the file names it: ppc64le, mips, arm. */
  readonly machine?: string;
  /** Whether a hypervisor runs them: the CPU's flag on x86, the platform on ppc64le. */
  readonly isVirtual?: boolean;
  /** Of the first processor; on x86 the frequency of that moment. */
  readonly mhz?: number;
  readonly topology?: Topology;
}

/** Of the processors on line. */
export interface Topology {
  readonly sockets?: number;
  readonly cores?: number;
  /** The most that any core has. */
  readonly threadsPerCore?: number;
}

/** The line that begins a processor: `processor : 0`; on s390x `processor 0: version = …`. */
const PROCESSOR = /^processor(?: \d+)?$/;
/** Keys of which every processor's value counts: where it sits. */
const PLACE_KEYS = new Set([
  ...['drawer id', 'book id', 'physical id', 'core id', 'cpu cores', 'siblings'], // x86, s390x
  ...['package', 'core'], // loongarch, mips
]);

/** What the lines of one processor say of where it sits. */
type Place = Record<string, string>;

interface Scan {
  readonly first: Map<string, string>;
  readonly places: Place[];
  readonly armCores: Set<string>;
  cpus: number;
}

/**
 * Reads /proc/cpuinfo.
 * @throws ParseError when it lists no processor
 */
export function parseCpuinfo(text: string): CpuFacts {
  const { first, places, armCores, cpus } = scan(text);
  if (cpus === 0) throw new ParseError('/proc/cpuinfo', { line: 0, text, expected: 'a line "processor : 0"' });
  const facts = {
    cpus,
    model: nameModel({ first, armCores: [...armCores] }),
    machine: machineOf(first),
    isVirtual: isVirtual(first),
    mhz: mhzOf(first),
    topology: topologyOf(places),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as CpuFacts;
}

/** One pass over the lines: with 1,500 processors there are 40,000 of them. */
function scan(text: string): Scan {
  const found: Scan = { first: new Map(), places: [], armCores: new Set(), cpus: 0 };
  let place: Place = {};
  let implementer = '';
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const key = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (isProcessor(key, value)) found.cpus += 1;
    if (key === 'processor' || key === 'cpu number') {
      place = {};
      found.places.push(place);
    }
    if (PLACE_KEYS.has(key)) place[key] = value;
    if (key === 'CPU implementer') implementer = value;
    if (key === 'CPU part') found.armCores.add(`${implementer} ${value}`);
    if (!found.first.has(key)) found.first.set(key, value);
  }
  return found;
}

function isProcessor(key: string, value: string): boolean {
  return PROCESSOR.test(key) && (key !== 'processor' || /^\d+$/.test(value));
}

/** ppc64le: `machine : CHRP IBM,8375-42A`; mips: `machine`, or `system type`; arm: `Model`, `Hardware`. */
function machineOf(first: ReadonlyMap<string, string>): string | undefined {
  if (first.get('vendor_id') === 'IBM/S390') return undefined; // there it is the CPU's own type
  const values = ['machine', 'Model', 'Hardware', 'system type'].map((key) => first.get(key));
  return values.find((value) => value && !/^(unknown|generic\b.*)$/i.test(value));
}

function isVirtual(first: ReadonlyMap<string, string>): boolean | undefined {
  const platform = first.get('platform');
  // ppc64le: PowerNV is the metal; pSeries always runs below PowerVM or KVM.
  if (platform === 'PowerNV' || platform === 'pSeries') return platform === 'pSeries';
  return first.get('flags')?.split(' ').includes('hypervisor');
}

/** `2596.130`, `2300.000000MHz`; a hypervisor that does not know it prints 0. */
function mhzOf(first: ReadonlyMap<string, string>): number | undefined {
  const text = ['cpu MHz', 'CPU MHz', 'cpu MHz static', 'clock'].map((key) => first.get(key)).find((value) => value);
  const mhz = Number.parseFloat(text ?? '');
  return mhz > 0 ? mhz : undefined;
}

/** Undefined where the file does not place every processor: arm64, ppc64le and riscv leave that to /sys. */
function topologyOf(places: readonly Place[]): Topology | undefined {
  const packages = new Map<string, Place>();
  const cores = new Map<string, number>();
  for (const place of places) {
    const [id, core] = [place['physical id'] ?? place.package, place['core id'] ?? place.core];
    if (id === undefined || core === undefined) return undefined;
    const key = [place['drawer id'], place['book id'], id].join(' ');
    packages.set(key, place);
    cores.set(`${key} ${core}`, (cores.get(`${key} ${core}`) ?? 0) + 1);
  }
  if (packages.size === 0) return undefined;
  return (
    countedTopology([...packages.values()]) ?? {
      sockets: packages.size,
      cores: cores.size,
      threadsPerCore: Math.max(...cores.values()),
    }
  );
}

/** "core id" may repeat within a socket of several dies; "cpu cores", where it is printed, is the kernel's own count. */
function countedTopology(packages: readonly Place[]): Topology | undefined {
  const each = packages.map((place) => ({ cores: Number(place['cpu cores']), threads: Number(place.siblings) }));
  if (!each.every(({ cores, threads }) => cores > 0 && threads >= cores)) return undefined;
  return {
    sockets: each.length,
    cores: each.reduce((sum, { cores }) => sum + cores, 0),
    // Rounded up: hybrid CPUs have cores of one thread beside cores of two.
    threadsPerCore: Math.max(...each.map(({ cores, threads }) => Math.ceil(threads / cores))),
  };
}
