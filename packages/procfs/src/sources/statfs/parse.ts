import { ParseError } from '../../errors.ts';
import { countOf, parseJsonObject } from '../../json.ts';
import type { Fields } from '../../types.ts';
import { fsFields } from './fields.ts';

const EXPECTED = '{"mount_point":"/","block_size":4096,"blocks_total":…,"blocks_free":…,"blocks_available":…}';

/**
 * Reads one JSON object a line and file system (perfcollector2's `statfs[*]`) into `fs_<mount point>_<stat>` fields.
 * @throws ParseError when a line is not such an object
 */
export function parseStatfs(text: string): Fields {
  const fields: Fields = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const bad = () => new ParseError('statfs', { line: index + 1, text: line, expected: EXPECTED });
    const entry = parseJsonObject(line);
    const mount = entry?.mount_point;
    if (!entry || typeof mount !== 'string' || mount === '') throw bad();
    for (const { stat } of fsFields) {
      if (entry[stat] === undefined) continue;
      const value = countOf(entry[stat]);
      if (value === undefined) throw bad();
      fields[`fs_${mount}_${stat}`] = value;
    }
  }
  return fields;
}
