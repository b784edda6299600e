import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseInterrupts } from './parse.ts';

const CPUS = (count: number) =>
  `           ${Array.from({ length: count }, (_, cpu) => `CPU${cpu}`).join('       ')}\n`;

describe('/proc/interrupts is read', () => {
  test.each<[string, string, Fields]>([
    ['as nothing when no interrupt is in it', CPUS(2), {}],
    [
      'with the sum over the CPUs and the name without its blanks',
      `${CPUS(2)} 38:         12       6088 PCI-MSIX-0000:00:03.0   1-edge      virtio2-input.0\n`,
      { irq_38_count: 6100, irq_38_name: 'PCI-MSIX-0000:00:03.0 1-edge virtio2-input.0' },
    ],
    [
      'with special interrupts, one count for ERR and MIS',
      `${CPUS(2)}LOC:     376540     369970   Local timer interrupts\nERR:          3\nMIS:          0\n`,
      { irq_LOC_count: 746510, irq_LOC_name: 'Local timer interrupts', irq_ERR_count: 3, irq_MIS_count: 0 },
    ],
    [
      'of ARM',
      `${CPUS(4)} 11:   1   2   3   4     GICv2  30 Level     arch_timer\nIPI0:   5   6   7   8       Rescheduling interrupts\nErr:   0\n`,
      {
        irq_11_count: 10,
        irq_11_name: 'GICv2 30 Level arch_timer',
        irq_IPI0_count: 26,
        irq_IPI0_name: 'Rescheduling interrupts',
        irq_Err_count: 0,
      },
    ],
    [
      'with a name that begins with digits',
      `${CPUS(1)}  9:   7   8259A-edge   acpi\n 10:   7   16 edge   x\n`,
      { irq_9_count: 7, irq_9_name: '8259A-edge acpi', irq_10_count: 7, irq_10_name: '16 edge x' },
    ],
    ['with CPUs off line', `           CPU0       CPU3\n  1:   1   2   x\n`, { irq_1_count: 3, irq_1_name: 'x' }],
    ['without a line feed at its end', `${CPUS(1)}  1:   1   x`, { irq_1_count: 1, irq_1_name: 'x' }],
    ['with blank lines', `${CPUS(1)}\n  1:   1   x\n \n`, { irq_1_count: 1, irq_1_name: 'x' }],
  ])('%s', (_, text, want) => {
    expect(parseInterrupts(text)).toStrictEqual(want);
  });

  test('of a thousand CPUs, exactly', () => {
    const line = (name: string) => `${name}: ${'4294967295 '.repeat(1024)}  Local timer interrupts\n`;
    const fields = parseInterrupts(CPUS(1024) + line('LOC') + line('RES'));
    expect(fields).toMatchObject({ irq_LOC_count: 4294967295 * 1024, irq_RES_name: 'Local timer interrupts' });
  });
});

describe('/proc/interrupts is refused', () => {
  test.each([
    ['when empty', '', /^cannot parse \/proc\/interrupts: got ""; expected "CPU0 CPU1 …" first/],
    ['when the line of the CPUs is missing', '  1:   1   x\n', /expected "CPU0/],
    [
      'when an interrupt has no count',
      `${CPUS(1)}  1:   x\n`,
      /line 2: got " {2}1: {3}x"; expected "<interrupt>: <counts>/,
    ],
    ['when an interrupt has no colon', `${CPUS(1)}  1   1   x\n`, /line 2/],
    ['when an interrupt has no name before the colon', `${CPUS(1)}  :   1   x\n`, /line 2/],
    ['when a count is negative', `${CPUS(1)}  1:   -1   x\n`, /line 2/],
    ['when cut off behind the colon', `${CPUS(1)}  1:   1   x\n  2:`, /line 3/],
  ])('%s', (_, text, message) => {
    expect(() => parseInterrupts(text)).toThrow(ParseError);
    expect(() => parseInterrupts(text)).toThrow(message);
  });
});
