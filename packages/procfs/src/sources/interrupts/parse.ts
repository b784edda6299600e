import { ExactSum } from '../../scan/exact-sum.ts';
import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, badText, endsWithinLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';

const PATH = '/proc/interrupts';
const [C, COLON] = [0x43, 0x3a];

interface Interrupt {
  readonly count: FieldKey;
  readonly name: FieldKey;
}

/**
 * Scans /proc/interrupts into `irq_<interrupt>_count`, the exact sum over the CPUs, and `irq_<interrupt>_name`. ERR and MIS
 * have one count whatever the number of CPUs, and no name.
 * @throws ParseError when the line of the CPUs is missing, or an interrupt has no count
 */
export function interruptsScanner(): Scan {
  const interrupts = new WordMemo(interruptOf);
  const names = new WordMemo((words) => words.trim().replace(/\s+/g, ' '));
  const sum = new ExactSum();
  return (text, end, sink) => {
    const heading = lineEnd(text, 0, end);
    const cpus = countCpus(text, 0);
    if (cpus === 0) throw badText(PATH, { text, end: heading, expected: '"CPU0 CPU1 …" first' });
    let place = 0;
    for (let start = heading + 1, stop = 0; start < end; start = stop + 1, place += 1) {
      stop = lineEnd(text, start, end);
      const word = skipBlanks(text, start);
      if (word >= stop || (stop === end && endsWithinLine(text, end))) continue;
      const after = wordEnd(text, word);
      sum.clear();
      const counted = addColumns(sum, { text, from: after, most: cpus });
      if (text[after - 1] !== COLON || after === word + 1 || counted === after)
        throw badLine(PATH, { text, at: start, end, expected: '"<interrupt>: <counts> <name>"' });
      const { count, name } = interrupts.at(place, text, word, after - 1);
      sink.number(count, sum.value());
      const label = names.at(place, text, counted, stop);
      if (label !== '') sink.label(name, label);
    }
  };
}

export const parseInterrupts = parserOf(interruptsScanner);

function interruptOf(word: string): Interrupt {
  return { count: new FieldKey(`irq_${word}_count`), name: new FieldKey(`irq_${word}_name`) };
}

/** How many words begin as CPUs do, up to the first that does not. */
function countCpus(text: Uint8Array, from: number): number {
  let cpus = 0;
  for (let at = skipBlanks(text, from); text[at] === C; at = skipBlanks(text, wordEnd(text, at))) cpus += 1;
  return cpus;
}

/** @returns where the last count ends; `from` where there is none. A number beyond those of the CPUs belongs to the name */
function addColumns(sum: ExactSum, { text, from, most }: { text: Uint8Array; from: number; most: number }): number {
  let at = from;
  for (let column = 0; column < most; column += 1) {
    const start = skipBlanks(text, at);
    const stop = sum.add(text, start);
    if (stop === start || !isWordEnd(text, stop)) break;
    at = stop;
  }
  return at;
}
