import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { cpuinfoSource } from './index.ts';
import { type CpuFacts, parseCpuinfo } from './parse.ts';

function ok(name: string, text: string, want: CpuFacts): void {
  test(name, () => {
    expect(parseCpuinfo(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseCpuinfo(text)).toThrow(ParseError);
    expect(() => parseCpuinfo(text)).toThrow(message);
  });
}

const XEON = 'Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz';

function x86(processor: number, flags = 'fpu vme hypervisor lahf_lm'): string {
  return `processor\t: ${processor}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: ${XEON}
cpu cores\t: 2
flags\t\t: ${flags}
bugs\t\t: spectre_v1
power management:

`;
}

function arm64(processor: number, part: string): string {
  return `processor\t: ${processor}
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: ${part}
CPU revision\t: 3

`;
}

describe('/proc/cpuinfo is read', () => {
  ok('on x86, in a virtual machine', x86(0) + x86(1), { cpus: 2, model: XEON, isVirtual: true });
  ok('on x86, on the metal', x86(0, 'fpu vme vmx hypervisor_guest'), { cpus: 1, model: XEON, isVirtual: false });
  ok('on x86, with CPUs off line left out', x86(0) + x86(2) + x86(13), { cpus: 3, model: XEON, isVirtual: true });
  ok('on arm64, which names no model', arm64(0, '0xd08') + arm64(1, '0xd08'), {
    cpus: 2,
    model: 'implementer 0x41 part 0xd08',
  });
  ok('on arm64, by the first of two kinds of core', `${arm64(0, '0xd03')}${arm64(1, '0xd09')}Hardware\t: Qualcomm\n`, {
    cpus: 2,
    model: 'implementer 0x41 part 0xd03',
  });
  ok('on 32-bit arm, which names a model beside its part', `${arm32()}Hardware\t: BCM2835\nRevision\t: c03111\n`, {
    cpus: 1,
    model: 'ARMv7 Processor rev 3 (v7l)',
  });
  ok('on ppc64le', ppc64le(), { cpus: 2, model: 'POWER9 (architected), altivec supported' });
  ok('on riscv', riscv(), { cpus: 2, model: 'sifive,u74-mc' });
  ok('on riscv without a microarchitecture', 'processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\n', {
    cpus: 1,
  });
  ok('on mips', 'system type\t\t: MT7621\nprocessor\t\t: 0\ncpu model\t\t: MIPS 1004Kc V2.15\n', {
    cpus: 1,
    model: 'MIPS 1004Kc V2.15',
  });
  ok('on loongarch', 'system type\t\t: generic\n\nprocessor\t\t: 0\nModel Name\t\t: Loongson-3A5000\n', {
    cpus: 1,
    model: 'Loongson-3A5000',
  });
  ok('cut off after a processor', 'processor\t: 0\nmodel name\t: A\n\nprocessor\t: 1', { cpus: 2, model: 'A' });
  ok('with a model left out that is empty', 'processor\t: 0\nmodel name\t: \n', { cpus: 1 });
  ok('with a colon in the model', 'processor\t: 0\nmodel name\t: A: B\n', { cpus: 1, model: 'A: B' });

  test('on s390x, where each processor has a line and its number is in the name', () => {
    expect(parseCpuinfo(s390x()).cpus).toBe(2);
  });

  test('into no field of a sample', () => {
    expect(cpuinfoSource.parse?.(x86(0), '/proc/cpuinfo')).toStrictEqual({});
  });
});

describe('/proc/cpuinfo is refused', () => {
  bad('when empty', '', /^cannot parse \/proc\/cpuinfo: got ""; expected a line "processor : 0"/);
  bad('when blank', ' \n\n', /expected a line "processor : 0"/);
  bad('when it lists no processor', 'vendor_id       : IBM/S390\n# processors    : 2\n', /expected a line/);
  bad('when a processor has no number', 'processor\t: none\nmodel name\t: A\n', /expected a line/);

  test('through the source, too', () => {
    expect(() => cpuinfoSource.parse?.('', '/proc/cpuinfo')).toThrow(ParseError);
  });
});

function arm32(): string {
  return `processor\t: 0
model name\t: ARMv7 Processor rev 3 (v7l)
CPU implementer\t: 0x41
CPU part\t: 0xd08

`;
}

function ppc64le(): string {
  const processor = (at: number) =>
    `processor\t: ${at}\ncpu\t\t: POWER9 (architected), altivec supported\nclock\t\t: 2300.000000MHz\n\n`;
  return `${processor(0)}${processor(8)}timebase\t: 512000000
platform\t: pSeries
model\t\t: IBM,8375-42A
machine\t\t: CHRP IBM,8375-42A
`;
}

function riscv(): string {
  const processor = (at: number) =>
    `processor\t: ${at}\nhart\t\t: ${at + 1}\nisa\t\t: rv64imafdc\nmmu\t\t: sv39\nuarch\t\t: sifive,u74-mc\n\n`;
  return processor(0) + processor(1);
}

/** Two processors; the kernel (4.8 and later) goes on with a block for each. */
function s390x(): string {
  return `vendor_id       : IBM/S390
# processors    : 2
bogomips per cpu: 3033.00
features\t: esan3 zarch stfle msa ldisp eimm
processor 0: version = FF,  identification = 2733E8,  machine = 2964
processor 1: version = FF,  identification = 2733E8,  machine = 2964

cpu number      : 0
version         : FF
machine         : 2964

cpu number      : 1
version         : FF
machine         : 2964
`;
}
