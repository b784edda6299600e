import { armCores } from './arm-cores.ts';

/** The first value of each key of /proc/cpuinfo, and every kind of arm core in it, in order (`0x41 0xd05`). */
export interface CpuKeys {
  readonly first: ReadonlyMap<string, string>;
  readonly armCores: readonly string[];
}

/** s390x prints its machine type, a number; arch/s390/kernel/processor.c and IBM's product pages. */
const MAINFRAMES: ReadonlyMap<string, string> = new Map([
  ['2097', 'z10'],
  ['2098', 'z10'],
  ['2817', 'z196'],
  ['2818', 'z114'],
  ['2827', 'zEC12'],
  ['2828', 'zBC12'],
  ['2964', 'z13'],
  ['2965', 'z13s'],
  ['3906', 'z14'],
  ['3907', 'z14 ZR1'],
  ['8561', 'z15'],
  ['8562', 'z15'],
  ['3931', 'z16'],
  ['3932', 'z16'],
  ['9175', 'z17'],
  ['9176', 'z17'],
]);

/** JEDEC numbers of those who make riscv cores, as `mvendorid` has them. */
const RISCV_VENDORS: ReadonlyMap<number, string> = new Map([
  [0x31e, 'Andes'],
  [0x489, 'SiFive'],
  [0x5b7, 'T-Head'],
  [0x61f, 'Ventana'],
  [0x710, 'SpacemiT'],
]);

/** The line that names the model: x86 and some arm and riscv; loongarch; ppc64le; old arm; mips. */
const MODEL_KEYS = ['model name', 'Model Name', 'cpu', 'Processor', 'cpu model'];

/** Says what the processors are, in the kernel's words or, where it prints numbers, in their makers'. */
export function nameModel(keys: CpuKeys): string | undefined {
  const printed = MODEL_KEYS.map((key) => keys.first.get(key)).find((value) => value && value !== 'unknown');
  // 32-bit arm names the architecture only ("ARMv7 Processor rev 3 (v7l)"): its core says more, where it is known.
  if (printed !== undefined && !/^ARMv\d/.test(printed)) return printed;
  return nameArm(keys.armCores, printed) ?? nameMainframe(keys.first) ?? nameRiscv(keys.first);
}

/** Big and little cores are different parts: all kinds are named. */
function nameArm(cores: readonly string[], printed: string | undefined): string | undefined {
  const names = cores.map((core) => nameArmCore(core) ?? printed ?? core.replace(/^(\S+) /, 'implementer $1 part '));
  return names.length === 0 ? printed : [...new Set(names)].join(' + ');
}

function nameArmCore(core: string): string | undefined {
  const [implementer, part] = core.split(' ').map(Number);
  const maker = armCores.get(implementer ?? Number.NaN);
  const name = maker?.parts.get(part ?? Number.NaN);
  return maker && name && `${maker.name} ${name}`;
}

/** s390x: `processor 0: version = FF,  identification = 0F2A1B,  machine = 2964`. */
function nameMainframe(first: ReadonlyMap<string, string>): string | undefined {
  const summary = [...first].find(([key]) => /^processor \d+$/.test(key))?.[1];
  const machine = /\bmachine = (\w+)/.exec(summary ?? '')?.[1];
  if (first.get('vendor_id') !== 'IBM/S390' || machine === undefined) return undefined;
  const name = MAINFRAMES.get(machine);
  return name === undefined ? `IBM/S390 machine ${machine}` : `IBM ${name} (${machine})`;
}

/** The microarchitecture (`sifive,u74-mc`), else who made it, else at least the instruction set. */
function nameRiscv(first: ReadonlyMap<string, string>): string | undefined {
  const [uarch, vendor, arch] = ['uarch', 'mvendorid', 'marchid'].map((key) => first.get(key));
  if (uarch) return uarch;
  const maker = RISCV_VENDORS.get(Number(vendor));
  const number = vendor && Number(vendor) > 0 ? `mvendorid ${vendor}` : undefined;
  if (maker === undefined && number === undefined) return first.get('hart') && first.get('isa');
  return `${maker ?? number}${arch && Number(arch) > 0 ? ` marchid ${arch}` : ''}`;
}
