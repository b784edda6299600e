import { FieldKey } from '../../scan/field-key.ts';
import type { Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import type { FieldSpec } from '../../types.ts';
import { allocationFields, nodeMemoryFields } from './fields.ts';

const COLON = 0x3a;

/** Scans a node's numastat. @throws ParseError when a known line has no count */
export function numastatScanner(node: string): Scan {
  return wordCountScanner(keyed(node, allocationFields), {
    path: 'numastat of a memory node',
    expected: '"numa_hit <count>"',
    nameAt: skipBlanks,
  });
}

/** Scans a node's meminfo, whose lines begin with `Node 0 `. @throws ParseError when a known line has no count */
export function nodeMeminfoScanner(node: string): Scan {
  return wordCountScanner(keyed(node, nodeMemoryFields), {
    path: 'meminfo of a memory node',
    expected: '"Node <n> <Name>:   <count> kB"',
    nameAt: (text, start) => skipBlanks(text, wordEnd(text, skipBlanks(text, wordEnd(text, skipBlanks(text, start))))),
  });
}

interface LineShape {
  readonly path: string;
  readonly expected: string;
  /** Where the name is in the line that begins here. */
  readonly nameAt: (text: Uint8Array, start: number) => number;
}

function wordCountScanner(keys: ReadonlyMap<string, FieldKey>, { path, expected, nameAt }: LineShape): Scan {
  const names = new WordMemo((name) => keys.get(name));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const name = nameAt(text, start);
      const after = wordEnd(text, name);
      const key = names.at(place++, text, name, text[after - 1] === COLON ? after - 1 : after);
      if (key === undefined) continue;
      const count = skipBlanks(text, after);
      const stop = sink.count(key, text, count);
      if (stop === count || !isWordEnd(text, stop)) throw badLine(path, { text, at: start, end, expected });
    }
  };
}

function keyed(node: string, fields: readonly FieldSpec[]): Map<string, FieldKey> {
  return new Map(fields.map(({ kernel, stat }) => [kernel, new FieldKey(`numa${node}_${stat}`)]));
}
