import { expect, test } from 'vitest';
import { readDetails } from './details.ts';

test('an x86 processor is told in full', () => {
  const one = (at: number) => `processor\t: ${at}
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz
cpu MHz\t\t: 2600.${at}
cache size\t: 36608 KB
physical id\t: 0
siblings\t: 4
core id\t\t: ${at >> 1}
cpu cores\t: 2
flags\t\t: fpu vme de
vmx flags\t: vnmi
bogomips\t: 5187.81
power management:

`;
  expect(readDetails([0, 1, 2, 3].map(one).join(''))).toStrictEqual({
    cpus: 4,
    sockets: 1,
    model: 'Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz',
    vendor: 'GenuineIntel',
    coresPerSocket: 2,
    threadsPerSocket: 4,
    mhz: 2600,
    cache: '36608 KB',
    bogomips: 5187.81,
    flags: 'fpu vme de',
  });
});

test('what an arm processor does not say is left out', () => {
  const text = `processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd
CPU implementer\t: 0x41
CPU part\t: 0xd0c
`;
  expect(readDetails(text)).toStrictEqual({ cpus: 1, model: 'Arm Neoverse-N1', bogomips: 50, flags: 'fp asimd' });
});

test('a text without processors is refused', () => {
  expect(() => readDetails('model name : x\n')).toThrow(/cannot parse .*processor : 0/);
});
