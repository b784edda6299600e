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

interface X86 {
  processor: number;
  socket: number;
  core: number;
  siblings: number;
  cores: number;
  flags?: string;
}

function x86({ processor, socket, core, siblings, cores, flags = 'fpu vme hypervisor lahf_lm' }: X86): string {
  return `processor\t: ${processor}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: ${XEON}
stepping\t: 7
microcode\t: 0xffffffff
cpu MHz\t\t: ${processor === 0 ? '2593.906' : '1200.000'}
cache size\t: 36608 KB
physical id\t: ${socket}
siblings\t: ${siblings}
core id\t\t: ${core}
cpu cores\t: ${cores}
apicid\t\t: ${processor}
flags\t\t: ${flags}
bugs\t\t: spectre_v1
bogomips\t: 5187.81
power management:

`;
}

/** Two sockets of two cores of two threads; Linux counts the first threads of all cores first. */
function twoSockets(online: readonly number[], counts: { siblings: number; cores: number }): string {
  return online
    .map((processor) => x86({ processor, socket: processor % 2, core: (processor >> 1) % 2, ...counts }))
    .join('');
}

const FULL = { siblings: 4, cores: 2 };
const xeon = { model: XEON, mhz: 2593.906, isVirtual: true };

describe('/proc/cpuinfo is read on x86', () => {
  ok('with sockets, cores and threads', twoSockets([0, 1, 2, 3, 4, 5, 6, 7], FULL), {
    ...xeon,
    cpus: 8,
    topology: { sockets: 2, cores: 4, threadsPerCore: 2 },
  });
  ok('with CPUs off line left out', twoSockets([0, 2, 4], { siblings: 3, cores: 2 }), {
    ...xeon,
    cpus: 3,
    topology: { sockets: 1, cores: 2, threadsPerCore: 2 },
  });
  ok(
    'on the metal',
    x86({ processor: 0, socket: 0, core: 0, siblings: 1, cores: 1, flags: 'fpu vmx hypervisor_guest' }),
    {
      ...xeon,
      isVirtual: false,
      cpus: 1,
      topology: { sockets: 1, cores: 1, threadsPerCore: 1 },
    },
  );
  ok(
    'in a virtual machine that makes each CPU a socket',
    [0, 1, 2].map((at) => x86({ processor: at, socket: at, core: 0, siblings: 1, cores: 1 })).join(''),
    { ...xeon, cpus: 3, topology: { sockets: 3, cores: 3, threadsPerCore: 1 } },
  );
  ok(
    'with core ids that repeat in each die',
    [0, 1, 2, 3].map((at) => x86({ processor: at, socket: 0, core: at % 2, siblings: 4, cores: 4 })).join(''),
    { ...xeon, cpus: 4, topology: { sockets: 1, cores: 4, threadsPerCore: 1 } },
  );
  ok(
    'with cores of two threads beside cores of one',
    [0, 0, 1, 2, 3].map((core, at) => x86({ processor: at, socket: 0, core, siblings: 5, cores: 4 })).join(''),
    { ...xeon, cpus: 5, topology: { sockets: 1, cores: 4, threadsPerCore: 2 } },
  );
  ok(
    'with 1,536 processors',
    twoSockets(
      Array.from({ length: 1536 }, (_, at) => at),
      { siblings: 768, cores: 384 },
    ),
    {
      ...xeon,
      cpus: 1536,
      topology: { sockets: 2, cores: 768, threadsPerCore: 2 },
    },
  );
  ok('cut off after a processor', 'processor\t: 0\nmodel name\t: A\n\nprocessor\t: 1', { cpus: 2, model: 'A' });
  ok('with a model left out that is empty', 'processor\t: 0\nmodel name\t: \n', { cpus: 1 });
  ok('with a model left out that is unknown', 'processor\t: 0\nmodel name\t: unknown\n', { cpus: 1 });
  ok('with a colon in the model', 'processor\t: 0\nmodel name\t: A: B\n', { cpus: 1, model: 'A: B' });
  ok('with a frequency left out that is 0', 'processor\t: 0\ncpu MHz\t\t: 0.000\n', { cpus: 1 });

  test('into no field of a sample', () => {
    expect(cpuinfoSource.parse?.(twoSockets([0], FULL), '/proc/cpuinfo')).toStrictEqual({});
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
