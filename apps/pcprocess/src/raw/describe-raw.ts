import { counted } from '@perfcollector/cli';
import type { RawConversion, RawMachine } from './convert-to-raw.ts';

/** What came of it, for people. */
export function describeRaw({ machines }: RawConversion): string {
  return machines.map(describeMachine).join('');
}

function describeMachine({
  machine,
  path,
  lines,
  thinned,
  events_left_out: events,
  fields_left_out: fields,
}: RawMachine): string {
  const left = fields.map(({ source, fields: count }) => `${count} of ${source ?? 'unknown sources'}`);
  const notes = [
    thinned > 0 && `${counted(thinned, 'sample')} within the second of another left out`,
    events > 0 && `${counted(events, 'event')} left out`,
    left.length > 0 && `fields left out: ${left.join(', ')}`,
  ].filter(Boolean);
  return `${machine}: ${counted(lines, 'raw line')} in ${path}\n${notes.map((note) => `  ${note}\n`).join('')}`;
}
