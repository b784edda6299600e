import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, skipBlanks, wordEnd } from '../../scan/text.ts';

/**
 * Scans /proc/sys/fs/file-nr: `files_allocated`, `files_max`.
 * @throws ParseError when it is not three counts
 */
export function fileNrScanner(): Scan {
  const [allocated, max] = [new FieldKey('files_allocated'), new FieldKey('files_max')];
  return (text, end, sink) => {
    const start = skipBlanks(text, 0);
    const after = sink.count(allocated, text, start);
    const last = skipBlanks(text, wordEnd(text, skipBlanks(text, after)));
    const stop = sink.count(max, text, last);
    if (after === start || !isWordEnd(text, after) || stop === last || !isWordEnd(text, stop))
      throw badLine('/proc/sys/fs/file-nr', { text, at: 0, end, expected: '"<allocated> <free> <max>"' });
  };
}

export const parseFileNr = parserOf(fileNrScanner);
