/**
 * /proc/<pid>/stat, status, io, cmdline: the processes that use the most CPU time and those that hold the most memory.
 * Documentation/filesystems/proc.rst, section 1.1.
 *
 *     1234 (web (main)) S 1 1234 1234 0 -1 4194560 1093 0 0 0 8837 412 0 0 20 0 12 0 8837 …
 *
 * Every process is looked at once a tick, and the largest of both rankings are recorded, as `process_<pid>.<start>_…`: a
 * process id is used again, but not with the same start. The CPU ranking is by the time used since the tick before, so at
 * the first tick there is none. A process that comes and goes between two ticks is never seen.
 */
import type { HostReader, OpenSource, SamplingSettings, Source } from '../../types.ts';
import { hide, putDetails, type Shown, show } from './details.ts';
import { processFields } from './fields.ts';
import { rank } from './ranking.ts';
import { openProcessTable, type Process } from './table.ts';
import { userNames } from './users.ts';

export const processesSource: Source = {
  name: 'processes',
  subsystem: '/proc/[pid]',
  isOptional: true,
  groups: [{ group: 'process', device: 'between', fields: processFields, isLast: true }],
  open: openLargest,
};

/** How many where the source was asked for by its name and no number given. */
const COUNT = 10;

const byTime = ({ interval }: Process) => interval;
const bySize = ({ pages }: Process) => pages;

function openLargest(host: HostReader, { top, cmdline }: SamplingSettings): OpenSource {
  const count = top > 0 ? top : COUNT;
  const table = openProcessTable(host);
  const setup = { host, userName: userNames(host), hasCmdline: cmdline };
  const [busiest, largest]: [Process[], Process[]] = [[], []];
  let shown = new Map<Process, Shown>();
  return {
    sample(sink, report) {
      table.walk(report);
      const all = table.processes.values().toArray();
      const next = new Map<Process, Shown>();
      rank(busiest, all, { count, measure: byTime });
      rank(largest, all, { count, measure: bySize });
      for (const process of [...busiest, ...largest]) next.set(process, shown.get(process) ?? show(host, process));
      for (const [process, one] of shown) if (!next.has(process)) hide(one);
      shown = next;
      for (const one of shown.values()) putDetails(one, sink, setup);
    },
    close() {
      for (const one of shown.values()) hide(one);
      table.close();
    },
  };
}
