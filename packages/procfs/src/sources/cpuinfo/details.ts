import { parseCpuinfo } from './parse.ts';

/** What a text tells of the processors, in full. What it does not say is left out. */
export interface ProcessorDetails {
  /** Processors (hardware threads) on line. */
  readonly cpus: number;
  readonly sockets?: number;
  readonly model?: string;
  readonly vendor?: string;
  /** Of the first processor's socket. */
  readonly coresPerSocket?: number;
  readonly threadsPerSocket?: number;
  /** Of the first processor, at that moment. */
  readonly mhz?: number;
  /** As the kernel prints it: `36608 KB`. */
  readonly cache?: string;
  readonly bogomips?: number;
  /** What the first processor can do, in the kernel's words. */
  readonly flags?: string;
}

/**
 * Reads what /proc/cpuinfo says of the first processor, and how many there are.
 * @throws ParseError when it lists no processor
 */
export function readDetails(text: string): ProcessorDetails {
  const { cpus, model, mhz, topology } = parseCpuinfo(text);
  const first = firstValues(text);
  const details = {
    cpus,
    sockets: topology?.sockets,
    model,
    vendor: first.get('vendor_id'),
    coresPerSocket: positive(first.get('cpu cores')),
    threadsPerSocket: positive(first.get('siblings')),
    mhz,
    cache: first.get('cache size'),
    bogomips: positive(first.get('bogomips') ?? first.get('BogoMIPS') ?? first.get('bogomips per cpu')),
    flags: first.get('flags') ?? first.get('Features') ?? first.get('features'),
  };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value)) as unknown as ProcessorDetails;
}

function firstValues(text: string): Map<string, string> {
  const first = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(colon, 0)).trim();
    if (key !== '' && !first.has(key)) first.set(key, line.slice(colon + 1).trim());
  }
  return first;
}

function positive(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? '');
  return value > 0 ? value : undefined;
}
