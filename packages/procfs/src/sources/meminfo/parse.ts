import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, badText, isWordEnd, lineEnd, skipBlanks } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { memFields } from './fields.ts';

const PATH = '/proc/meminfo';
const COLON = 0x3a;
const statByKernelName = new Map(memFields.map((field) => [field.kernel, field.stat]));

/**
 * Scans /proc/meminfo into `mem_…` fields: KiB, or pages for the HugePages_ counts, which carry no unit.
 * MemAvailable is missing before 3.14 and is then left out, never estimated.
 * @throws ParseError when a known line has no number, or MemTotal is missing
 */
export function meminfoScanner(): Scan {
  const names = new WordMemo(keyOf);
  return (text, end, sink) => {
    let hasTotal = false;
    let place = 0;
    for (let start = 0, reached = 0; start < end; start = lineEnd(text, reached, end) + 1) {
      const colon = nameEnd(text, start);
      reached = colon;
      if (text[colon] !== COLON) continue;
      const key = names.at(place++, text, start, colon);
      if (key === undefined) continue;
      const at = skipBlanks(text, colon + 1);
      reached = sink.count(key, text, at);
      if (reached === at || !isWordEnd(text, reached))
        throw badLine(PATH, { text, at: start, end, expected: '"<Name>:   <count> kB"' });
      hasTotal ||= key.name === 'mem_total';
    }
    if (!hasTotal) throw badText(PATH, { text, end, expected: 'a line "MemTotal:   <count> kB"' });
  };
}

export const parseMeminfo = parserOf(meminfoScanner);

function keyOf(name: string): FieldKey | undefined {
  const stat = statByKernelName.get(name);
  return stat === undefined ? undefined : new FieldKey(`mem_${stat}`);
}

/** Names may hold brackets and, on some kernels, blanks: they go to the colon. */
function nameEnd(text: Uint8Array, start: number): number {
  let at = start;
  while (text[at] !== COLON && (text[at] as number) >= 0x20) at += 1;
  return at;
}
