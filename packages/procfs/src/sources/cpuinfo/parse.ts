import { ParseError } from '../../errors.ts';

/** What /proc/cpuinfo says of the processors, as far as it says it: architectures differ. */
export interface CpuFacts {
  /** Processors (hardware threads) on line. */
  readonly cpus: number;
  readonly model?: string;
  /** x86 only: whether the CPU says that a hypervisor runs it. */
  readonly isVirtual?: boolean;
}

/** The line that names the model: x86 and 32-bit arm; loongarch; ppc64le; old arm; mips; riscv. */
const MODEL_KEYS = ['model name', 'Model Name', 'cpu', 'Processor', 'cpu model', 'uarch'];

/**
 * Reads /proc/cpuinfo.
 * @throws ParseError when it lists no processor
 */
export function parseCpuinfo(text: string): CpuFacts {
  const first = new Map<string, string>();
  let cpus = 0;
  for (const line of text.split('\n')) {
    const [, key, value] = /^([^:]*?)\s*:\s*(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    // x86, arm and riscv say "processor : 0" for each; s390x says "processor 0: version = …".
    if ((key === 'processor' && /^\d+$/.test(value)) || /^processor \d+$/.test(key)) cpus += 1;
    if (!first.has(key)) first.set(key, value);
  }
  if (cpus === 0) throw new ParseError('/proc/cpuinfo', { line: 0, text, expected: 'a line "processor : 0"' });
  const model =
    armModel(first) ?? mainframeModel(first) ?? MODEL_KEYS.map((key) => first.get(key)).find((value) => value);
  const flags = first.get('flags')?.split(' ');
  return { cpus, ...(model && { model }), ...(flags && { isVirtual: flags.includes('hypervisor') }) };
}

/** arm64 prints numbers, not names: the implementer (0x41 is Arm) and its part number identify the core. */
function armModel(keys: ReadonlyMap<string, string>): string | undefined {
  const [implementer, part] = [keys.get('CPU implementer'), keys.get('CPU part')];
  if (keys.has('model name') || implementer === undefined || part === undefined) return undefined;
  return `implementer ${implementer} part ${part}`;
}

/** s390x: `vendor_id : IBM/S390` and `processor 0: version = FF,  identification = 0F2A1B,  machine = 2964`. */
function mainframeModel(keys: ReadonlyMap<string, string>): string | undefined {
  const machine = /\bmachine = (\w+)/.exec(keys.get('processor 0') ?? '')?.[1];
  return machine === undefined ? undefined : `${keys.get('vendor_id') ?? ''} machine ${machine}`.trim();
}
