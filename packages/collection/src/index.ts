export { CollectionFile, isPacked } from './collection-file.ts';
export { decompress, openFile } from './decompress.ts';
export { identifierProblem } from './identifier.ts';
export {
  addFields,
  checkLine,
  type EventMark,
  encodeLine,
  type Header,
  type Line,
  LineError,
  MOST_FIELDS,
  mergeSamples,
  parseLine,
  type RawMeasurement,
  type Sample,
  TIMESTAMP_LIMIT,
} from './lines.ts';
export {
  type Damage,
  damageSentences,
  type Entry,
  EntryReader,
  noDamage,
  noteBadLine,
  noteHole,
  noteUnknown,
  processorsIn,
  rawFields,
  readCollection,
} from './read-collection.ts';
export { ABSENT, FieldRow, LARGE, NUMBER, WORD } from './row/field-row.ts';
export { HeadScanner, type ScannedHead } from './row/head-scanner.ts';
export { RowScanner } from './row/row-scanner.ts';
export { Runs } from './runs.ts';
export { type SampleHead, SampleLine } from './sample-line.ts';
export { type SkimmedLine, skimCollection } from './skim.ts';
export { type ByteLine, splitBytes, splitLines, textOf } from './split-lines.ts';
