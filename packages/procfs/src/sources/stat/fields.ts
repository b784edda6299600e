import type { FieldSpec } from '../../types.ts';

/**
 * The columns of a `cpu` line in the kernel's order. Unit: clock ticks (USER_HZ, 100 a second on nearly every machine).
 * The kernel counts guest time inside user and guest_nice inside nice.
 */
export const cpuFields: readonly FieldSpec[] = [
  { stat: 'user', kernel: 'user', unit: 'ticks', kind: 'counter', about: 'Time in user mode, guests included.' },
  { stat: 'nice', kernel: 'nice', unit: 'ticks', kind: 'counter', about: 'Time in user mode at low priority (nice), niced guests included.' },
  { stat: 'system', kernel: 'system', unit: 'ticks', kind: 'counter', about: 'Time in kernel mode.' },
  { stat: 'idle', kernel: 'idle', unit: 'ticks', kind: 'counter', about: 'Time with nothing to do and no disk request outstanding.' },
  { stat: 'iowait', kernel: 'iowait', unit: 'ticks', kind: 'counter', about: 'Idle time while a task of this CPU waited for a disk; an estimate that may go backwards.' },
  { stat: 'irq', kernel: 'irq', unit: 'ticks', kind: 'counter', about: 'Time servicing hardware interrupts.' },
  { stat: 'softirq', kernel: 'softirq', unit: 'ticks', kind: 'counter', about: 'Time servicing soft interrupts (network, timers, block completion).' },
  { stat: 'steal', kernel: 'steal', unit: 'ticks', kind: 'counter', about: 'Time that the hypervisor gave to others while this CPU wanted to run.' },
  { stat: 'guest', kernel: 'guest', unit: 'ticks', kind: 'counter', about: 'Time running a virtual CPU for a guest; already inside user.' },
  { stat: 'guest_nice', kernel: 'guest_nice', unit: 'ticks', kind: 'counter', about: 'Time running a niced guest; already inside nice.' },
];

/** The statistics that divide a CPU's time; their shares sum to 100 %. */
export const cpuShares = ['user', 'system', 'idle', 'iowait', 'nice', 'irq', 'softirq', 'steal'];
export const cpuSharesWithin = ['guest', 'guest_nice'];

/** The other lines, by the kernel's word at their beginning. */
export const statFields: readonly FieldSpec[] = [
  { stat: 'intr', kernel: 'intr', unit: 'count', kind: 'counter', about: 'Interrupts serviced since boot, all together.' },
  { stat: 'ctxt', kernel: 'ctxt', unit: 'count', kind: 'counter', about: 'Context switches since boot, all CPUs.' },
  { stat: 'btime', kernel: 'btime', unit: 'seconds', kind: 'gauge', about: 'When the kernel booted, Unix time; moves when the clock is stepped.' },
  { stat: 'processes', kernel: 'processes', unit: 'count', kind: 'counter', about: 'Processes and threads created since boot.' },
  { stat: 'procs_running', kernel: 'procs_running', unit: 'count', kind: 'gauge', about: 'Tasks that run or wait for a CPU.' },
  { stat: 'procs_blocked', kernel: 'procs_blocked', unit: 'count', kind: 'gauge', about: 'Tasks that wait for I/O to complete.' },
  { stat: 'softirq', kernel: 'softirq', unit: 'count', kind: 'counter', about: 'Soft interrupts serviced since boot, all together.' },
];

/** The columns of the `softirq` line after the sum, in the kernel's order (softirq_to_name[] of kernel/softirq.c). */
export const softirqFields: readonly FieldSpec[] = [
  { stat: 'softirq_hi', kernel: 'softirq HI', unit: 'count', kind: 'counter', about: 'Soft interrupts: high-priority tasklets.' },
  { stat: 'softirq_timer', kernel: 'softirq TIMER', unit: 'count', kind: 'counter', about: 'Soft interrupts: timers that ran out.' },
  { stat: 'softirq_net_tx', kernel: 'softirq NET_TX', unit: 'count', kind: 'counter', about: 'Soft interrupts: packets to send.' },
  { stat: 'softirq_net_rx', kernel: 'softirq NET_RX', unit: 'count', kind: 'counter', about: 'Soft interrupts: packets received.' },
  { stat: 'softirq_block', kernel: 'softirq BLOCK', unit: 'count', kind: 'counter', about: 'Soft interrupts: block I/O completed.' },
  { stat: 'softirq_irq_poll', kernel: 'softirq IRQ_POLL', unit: 'count', kind: 'counter', about: 'Soft interrupts: devices polled instead of interrupting.' },
  { stat: 'softirq_tasklet', kernel: 'softirq TASKLET', unit: 'count', kind: 'counter', about: 'Soft interrupts: tasklets.' },
  { stat: 'softirq_sched', kernel: 'softirq SCHED', unit: 'count', kind: 'counter', about: 'Soft interrupts: the scheduler balanced its run queues.' },
  { stat: 'softirq_hrtimer', kernel: 'softirq HRTIMER', unit: 'count', kind: 'counter', about: 'Soft interrupts: high-resolution timers.' },
  { stat: 'softirq_rcu', kernel: 'softirq RCU', unit: 'count', kind: 'counter', about: 'Soft interrupts: read-copy-update callbacks.' },
];

/** The field that tells when the host booted, in Unix seconds as the wall clock has it now. */
export const bootTimeField = 'stat_btime';
