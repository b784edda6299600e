import { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, badText, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import type { Fields } from '../../types.ts';
import { pressureFields } from './fields.ts';

const EXPECTED = '"some avg10=0.00 avg60=0.00 avg300=0.00 total=0"';
const EQUALS = 0x3d;
const MINUS = 0x2d;

interface Value {
  readonly key: FieldKey;
  readonly isTotal: boolean;
}
/** The values of a line by their names; undefined for a name of a newer kernel. */
type Line = WordMemo<Value | undefined>;

/**
 * Scans one file of /proc/pressure into `pressure_<resource>_<some|full>_<stat>`. `cpu` has no `full` line before 5.13,
 * `irq` has no `some` line: what a file does not have is left out.
 * @throws ParseError when it has neither line, or a line has other than names and numbers
 */
export function pressureScanner(path: string): Scan {
  const resource = path.slice(path.lastIndexOf('/') + 1);
  const lines = new WordMemo((word) => (isLine(word) ? lineOf(resource, word) : undefined));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const word = skipBlanks(text, start);
      const after = wordEnd(text, word);
      if (after === word) continue;
      const line = lines.at(place++, text, word, after);
      if (line === undefined || !takeValues(sink, line, text, after))
        throw badLine(path, { text, at: start, end, expected: EXPECTED });
    }
    if (place === 0) throw badText(path, { text, end, expected: EXPECTED });
  };
}

export function parsePressure(text: string, path: string): Fields {
  return parserOf(() => pressureScanner(path))(text);
}

function takeValues(sink: FieldSink, line: Line, text: Uint8Array, from: number): boolean {
  let place = 0;
  for (let at = skipBlanks(text, from); !isWordEnd(text, at); at = skipBlanks(text, at)) {
    let equals = at;
    while (text[equals] !== EQUALS && !isWordEnd(text, equals)) equals += 1;
    const value = line.at(place++, text, at, equals);
    at = equals + 1;
    if (text[equals] !== EQUALS || text[at] === MINUS) return false;
    const end = value ? take(sink, value, text, at) : wordEnd(text, at);
    if (end === at || !isWordEnd(text, end)) return false;
    at = end;
  }
  return place > 0;
}

function take(sink: FieldSink, { key, isTotal }: Value, text: Uint8Array, at: number): number {
  return isTotal ? sink.count(key, text, at) : sink.decimal(key, text, at);
}

const stats = new Set(pressureFields.map(({ stat }) => stat));

function isLine(word: string): boolean {
  return word === 'some' || word === 'full';
}

function lineOf(resource: string, line: string): Line {
  return new WordMemo((name) => {
    const isTotal = name === 'total';
    const stat = `${line}_${name}${isTotal ? '_us' : ''}`;
    return stats.has(stat) ? { key: new FieldKey(`pressure_${resource}_${stat}`), isTotal } : undefined;
  });
}
