/**
 * /proc/interrupts: how often each interrupt came.
 * Documentation/filesystems/proc.rst, section 1.2; kernel/irq/proc.c, arch/<architecture>/kernel/irq.c.
 *
 *                CPU0       CPU1
 *      38:          0       6088 PCI-MSIX-0000:00:03.0   1-edge      virtio2-input.0
 *     LOC:     376540     369970   Local timer interrupts
 *     ERR:          0
 *
 * A column for each CPU that is on line: a machine of a thousand CPUs prints lines of ten kilobytes, hundreds of them.
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { irqFields } from './fields.ts';
import { interruptsScanner } from './parse.ts';

export const interruptsSource: Source = {
  name: 'interrupts',
  isOptional: true,
  groups: [{ group: 'irq', device: 'between', fields: irqFields, isLast: true }],
  ...scannedFile('/proc/interrupts', interruptsScanner),
};
