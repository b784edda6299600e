import type { FieldSpec } from '../../types.ts';

/** The last three columns of a `cpu` line, in the kernel's order (struct sched_info and struct rq of kernel/sched). */
export const schedFields: readonly FieldSpec[] = [
  { stat: 'running_ns', kernel: 'rq_cpu_time', unit: 'ns', kind: 'counter', about: 'Time that tasks ran; of all CPUs together that of the CPUs on line.' },
  { stat: 'waiting_ns', kernel: 'run_delay', unit: 'ns', kind: 'counter', about: 'Time that tasks which could have run waited for a CPU, added up over the tasks.' },
  { stat: 'timeslices', kernel: 'pcount', unit: 'count', kind: 'counter', about: 'Times that a task was given a CPU.' },
];
