import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import type { FieldSpec } from '../../types.ts';
import { vmFields } from './fields.ts';

const statByKernelName = new Map(vmFields.map((field) => [field.kernel, field.stat]));

/**
 * Scans /proc/vmstat into `vm_…` fields, every line of it: the names differ from kernel to kernel, so one that the
 * catalogue does not list is kept under the kernel's own word.
 * @throws ParseError when a line is not a name and a count
 */
export function vmstatScanner(): Scan {
  const names = new WordMemo((name) => new FieldKey(`vm_${statByKernelName.get(name) ?? name}`));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; ) {
      const name = skipBlanks(text, start);
      const after = wordEnd(text, name);
      let reached = after;
      if (after > name) {
        const at = skipBlanks(text, after);
        reached = sink.count(names.at(place++, text, name, after), text, at);
        if (reached === at || !isWordEnd(text, reached))
          throw badLine('/proc/vmstat', { text, at: start, end, expected: '"<name> <count>"' });
      }
      start = lineEnd(text, reached, end) + 1;
    }
  };
}

export const parseVmstat = parserOf(vmstatScanner);

/** What can be said of a name that a newer kernel has added: nr_… are present amounts, the rest count events. */
export function describeUnlisted(stat: string): FieldSpec {
  const isAmount = stat.startsWith('nr_');
  return {
    stat,
    kernel: stat,
    unit: isAmount ? 'pages' : 'count',
    kind: isAmount ? 'gauge' : 'counter',
    about: `${stat} as the kernel counts it in /proc/vmstat.`,
  };
}
