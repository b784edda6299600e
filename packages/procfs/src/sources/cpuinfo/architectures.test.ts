import { describe, expect, test } from 'vitest';
import { type CpuFacts, parseCpuinfo } from './parse.ts';

function ok(name: string, text: string, want: CpuFacts): void {
  test(name, () => {
    expect(parseCpuinfo(text)).toStrictEqual(want);
  });
}

/** Lines `key\t: value` for each processor, with a blank line after each. */
function processors(count: number, linesOf: (at: number) => Record<string, string | number>): string {
  return Array.from({ length: count }, (_, at) => {
    const lines = Object.entries(linesOf(at)).map(([key, value]) => `${key}\t: ${value}\n`);
    return `${lines.join('')}\n`;
  }).join('');
}

function arm64(implementer: string, ...parts: readonly string[]): string {
  return processors(parts.length, (at) => ({
    processor: at,
    BogoMIPS: '50.00',
    Features: 'fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics cpuid',
    'CPU implementer': implementer,
    'CPU architecture': 8,
    'CPU variant': '0x1',
    'CPU part': parts[at] ?? '',
    'CPU revision': 1,
  }));
}

describe('/proc/cpuinfo is read on arm', () => {
  test.each([
    ['0x41', '0xd0c', 'Arm Neoverse-N1'],
    ['0x41', '0xd40', 'Arm Neoverse-V1'],
    ['0x41', '0xd49', 'Arm Neoverse-N2'],
    ['0x41', '0xd4f', 'Arm Neoverse-V2'],
    ['0x41', '0xd08', 'Arm Cortex-A72'],
    ['0x48', '0xd01', 'HiSilicon TSV110 (Kunpeng 920)'],
    ['0x61', '0x023', 'Apple M1 Firestorm'],
    ['0x6d', '0xd49', 'Microsoft Azure Cobalt 100'],
    ['0xc0', '0xac3', 'Ampere AmpereOne'],
    ['0x41', '0xfff', 'implementer 0x41 part 0xfff'],
    ['0x99', '0xd0c', 'implementer 0x99 part 0xd0c'],
  ])('with a name for implementer %s, part %s', (implementer, part, model) => {
    expect(parseCpuinfo(arm64(implementer, part, part))).toStrictEqual({ cpus: 2, model });
  });

  ok('with both kinds of core named', arm64('0x41', '0xd05', '0xd05', '0xd0b'), {
    cpus: 3,
    model: 'Arm Cortex-A55 + Arm Cortex-A76',
  });
  ok(
    'with the board',
    `${arm64('0x41', '0xd08')}Hardware\t: BCM2835\nRevision\t: c03111\nSerial\t\t: 100000003c0ffee1
Model\t\t: Raspberry Pi 4 Model B Rev 1.1\n`,
    {
      cpus: 1,
      model: 'Arm Cortex-A72',
      machine: 'Raspberry Pi 4 Model B Rev 1.1',
    },
  );
  ok(
    'with the name that a kernel gives',
    processors(1, () => ({ processor: 0, 'model name': 'Phytium,FT-2500/64' })),
    {
      cpus: 1,
      model: 'Phytium,FT-2500/64',
    },
  );
  ok('of 32 bits, by its core', arm32('0xd08'), { cpus: 1, model: 'Arm Cortex-A72', machine: 'BCM2711' });
  ok('of 32 bits, by its architecture where the core is unknown', arm32('0xfff'), {
    cpus: 1,
    model: 'ARMv7 Processor rev 3 (v7l)',
    machine: 'BCM2711',
  });
});

function arm32(part: string): string {
  return `processor\t: 0
model name\t: ARMv7 Processor rev 3 (v7l)
BogoMIPS\t: 108.00
Features\t: half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt vfpd32 lpae evtstrm crc32
CPU implementer\t: 0x41
CPU architecture: 7
CPU variant\t: 0x0
CPU part\t: ${part}
CPU revision\t: 3

Hardware\t: BCM2711
`;
}

describe('/proc/cpuinfo is read on s390x', () => {
  ok('with topology', s390x('8561', { isNew: true }), {
    cpus: 2,
    model: 'IBM z15 (8561)',
    mhz: 5200,
    topology: { sockets: 2, cores: 2, threadsPerCore: 1 },
  });
  ok('of older kernels', s390x('2964', { isNew: false }), { cpus: 2, model: 'IBM z13 (2964)' });
  ok('of a machine yet to come', s390x('9999', { isNew: false }), { cpus: 2, model: 'IBM/S390 machine 9999' });

  test.each([
    ['3906', 'IBM z14 (3906)'],
    ['3931', 'IBM z16 (3931)'],
    ['9175', 'IBM z17 (9175)'],
  ])('with a name for machine %s', (machine, model) => {
    expect(parseCpuinfo(s390x(machine, { isNew: false })).model).toBe(model);
  });
});

/** A summary; since 4.18 it goes on with a block for each processor. Sockets are counted within books and drawers. */
function s390x(machine: string, { isNew }: { isNew: boolean }): string {
  const summary = `vendor_id       : IBM/S390
# processors    : 2
bogomips per cpu: 24038.00
max thread id   : 0
features\t: esan3 zarch stfle msa ldisp eimm dfp edat etf3eh highgprs te vx vxd vxe gs vxe2 vxp sort dflt sie
cache0          : level=1 type=Data scope=Private size=128K line_size=256 associativity=8
processor 0: version = FF,  identification = 0A18E8,  machine = ${machine}
processor 1: version = FF,  identification = 0A18E8,  machine = ${machine}
`;
  const block = (at: number) => `
cpu number      : ${at}
physical id     : 0
core id         : 0
book id         : ${at}
drawer id       : 0
dedicated       : 0
address         : ${at}
siblings        : 1
cpu cores       : 1
version         : FF
identification  : 0A18E8
machine         : ${machine}
cpu MHz dynamic : 5100
cpu MHz static  : 5200
`;
  return isNew ? summary + block(0) + block(1) : summary;
}

describe('/proc/cpuinfo is read on', () => {
  ok('ppc64le, a partition', ppc64le('POWER9 (architected), altivec supported', 'pSeries'), {
    cpus: 2,
    model: 'POWER9 (architected), altivec supported',
    machine: 'CHRP IBM,8375-42A',
    mhz: 2300,
    isVirtual: true,
  });
  ok('ppc64le, the metal', ppc64le('POWER9, altivec supported', 'PowerNV'), {
    cpus: 2,
    model: 'POWER9, altivec supported',
    machine: 'CHRP IBM,8375-42A',
    mhz: 2300,
    isVirtual: false,
  });
  ok('riscv, by its microarchitecture', riscv({ uarch: 'sifive,u74-mc', mvendorid: '0x489' }), {
    cpus: 2,
    model: 'sifive,u74-mc',
  });
  ok('riscv, by its maker', riscv({ mvendorid: '0x489', marchid: '0x8000000000000008' }), {
    cpus: 2,
    model: 'SiFive marchid 0x8000000000000008',
  });
  ok('riscv, by a maker without an architecture id', riscv({ mvendorid: '0x5b7', marchid: '0x0' }), {
    cpus: 2,
    model: 'T-Head',
  });
  ok('riscv, by a maker that is not known', riscv({ mvendorid: '0xabc', marchid: '0x7' }), {
    cpus: 2,
    model: 'mvendorid 0xabc marchid 0x7',
  });
  ok('riscv, at least by its instructions', riscv({ mvendorid: '0x0', marchid: '0x0' }), {
    cpus: 2,
    model: 'rv64imafdc',
  });
  ok('riscv, by the name that a kernel gives', riscv({ 'model name': 'Spacemit(R) X60', mvendorid: '0x710' }), {
    cpus: 2,
    model: 'Spacemit(R) X60',
  });
  ok('loongarch', `system type\t\t: generic-loongson-machine\n\n${loongarch(4)}`, {
    cpus: 4,
    model: 'Loongson-3A6000-HV',
    mhz: 2500,
    topology: { sockets: 1, cores: 2, threadsPerCore: 2 },
  });
  ok('mips', 'system type\t\t: MT7621\nmachine\t\t\t: Unknown\nprocessor\t\t: 0\ncpu model\t\t: MIPS 1004Kc V2.15\n', {
    cpus: 1,
    model: 'MIPS 1004Kc V2.15',
    machine: 'MT7621',
  });
  ok('mips of Loongson', mipsLoongson(), {
    cpus: 2,
    model: 'Loongson-3A R4 (Loongson-3B4000) @ 1800MHz',
    machine: 'LEMOTE-LS3B4000',
    mhz: 1800,
    topology: { sockets: 1, cores: 2, threadsPerCore: 1 },
  });
});

function ppc64le(cpu: string, platform: string): string {
  const blocks = [0, 8].map(
    (at) => `processor\t: ${at}\ncpu\t\t: ${cpu}\nclock\t\t: 2300.000000MHz\nrevision\t: 2.2 (pvr 004e 0202)\n\n`,
  );
  return `${blocks.join('')}timebase\t: 512000000
platform\t: ${platform}
model\t\t: IBM,8375-42A
machine\t\t: CHRP IBM,8375-42A
MMU\t\t: Radix
`;
}

function riscv(more: Record<string, string>): string {
  return processors(2, (at) => ({ processor: at, hart: at + 1, isa: 'rv64imafdc', mmu: 'sv39', ...more }));
}

function loongarch(count: number): string {
  return processors(count, (at) => ({
    processor: at,
    package: 0,
    core: at >> 1,
    global_id: at,
    'CPU Family': 'Loongson-64bit',
    'Model Name': 'Loongson-3A6000-HV',
    'CPU MHz': '2500.00',
    Features: 'cpucfg lam ual fpu lsx lasx crc32 lvz lbt_x86',
  }));
}

function mipsLoongson(): string {
  const blocks = processors(2, (at) => ({
    processor: at,
    'cpu model': 'Loongson-3 V0.4  FPU V0.1',
    'model name': 'Loongson-3A R4 (Loongson-3B4000) @ 1800MHz',
    'CPU MHz': '1800.00',
    package: 0,
    core: at,
  }));
  return `system type\t\t: generic-loongson-machine\nmachine\t\t\t: LEMOTE-LS3B4000\n${blocks}`;
}
