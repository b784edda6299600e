import { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, badText, countColumns, lineEnd, skipBlanks, utf8, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { cpuFields, softirqFields, statFields } from './fields.ts';

const PATH = '/proc/stat';

/** A line's fields, and whether it has none: then it is another kernel's. */
interface LineKeys {
  readonly keys: readonly FieldKey[];
  readonly isCpus: boolean;
}

/**
 * Scans /proc/stat: ticks of all CPUs together (`cpu_user`) and of each (`cpu0_user`), and the totals (`stat_ctxt`).
 * Kernels before 2.6.33 print fewer columns; those fields are then left out. `intr` goes on with one number per
 * interrupt: only their sum is taken.
 * @throws ParseError when there is no `cpu` line, or a line's count is not a number
 */
export function statScanner(): Scan {
  const lines = new WordMemo(keysOf);
  return (text, end, sink) => {
    let hasCpus = false;
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const word = skipBlanks(text, start);
      const after = wordEnd(text, word);
      if (after === word) continue;
      const line = lines.at(place++, text, word, after);
      if (line === undefined) continue;
      if (!takeLine(sink, line, text, after))
        throw badLine(PATH, { text, at: start, end, expected: `"${utf8(text, word, after)} <count> …"` });
      hasCpus ||= line.isCpus;
    }
    if (!hasCpus) throw badText(PATH, { text, end, expected: 'a line "cpu  <user> <nice> <system> <idle> …"' });
  };
}

export const parseStat = parserOf(statScanner);

function takeLine(sink: FieldSink, { keys }: LineKeys, text: Uint8Array, at: number): boolean {
  return countColumns(sink, keys, text, at) > at;
}

const statNames = new Set(statFields.map((field) => field.stat));

function keysOf(word: string): LineKeys | undefined {
  // A column past guest_nice would be a newer kernel's: passed over until the catalogue knows it.
  if (/^cpu\d*$/.test(word))
    return { keys: cpuFields.map(({ stat }) => new FieldKey(`${word}_${stat}`)), isCpus: word === 'cpu' };
  if (!statNames.has(word)) return undefined;
  const more = word === 'softirq' ? softirqFields : [];
  return { keys: [word, ...more.map(({ stat }) => stat)].map((stat) => new FieldKey(`stat_${stat}`)), isCpus: false };
}
