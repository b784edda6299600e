import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, countColumns, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import type { FieldSpec } from '../../types.ts';
import { networkFields, procedureFields, rpcFields } from './fields.ts';

interface LineKeys {
  readonly keys: readonly FieldKey[];
  /** The first column says how many follow. */
  readonly hasLength: boolean;
}

/**
 * Scans /proc/net/rpc/nfs into `nfs_…` fields. Kernels differ in how many operations they have: those that are missing
 * are left out, those past the known ones passed over.
 * @throws ParseError when a known line has a column that is no count
 */
export function nfsScanner(): Scan {
  const lines = new Map<string, LineKeys>([
    ['net', { keys: keysOf(networkFields), hasLength: false }],
    ['rpc', { keys: keysOf(rpcFields), hasLength: false }],
    ['proc2', { keys: keysOf(procedureFields.proc2), hasLength: true }],
    ['proc3', { keys: keysOf(procedureFields.proc3), hasLength: true }],
    ['proc4', { keys: keysOf(procedureFields.proc4), hasLength: true }],
  ]);
  const words = new WordMemo((word) => lines.get(word));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const word = skipBlanks(text, start);
      const after = wordEnd(text, word);
      const line = words.at(place++, text, word, after);
      if (line === undefined) continue;
      const from = line.hasLength ? wordEnd(text, skipBlanks(text, after)) : after;
      if (countColumns(sink, line.keys, text, from) < 0)
        throw badLine('/proc/net/rpc/nfs', {
          text,
          at: start,
          end,
          expected: '"rpc <calls> <retransmissions> <refreshes>"',
        });
    }
  };
}

export const parseNfs = parserOf(nfsScanner);

function keysOf(fields: readonly FieldSpec[]): FieldKey[] {
  return fields.map(({ stat }) => new FieldKey(`nfs_${stat}`));
}
