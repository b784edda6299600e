import type { TablePlan } from '../engine/plan.ts';
import type { FieldDescription } from '../layouts/layout.ts';
import type { TableColumn } from './columns.ts';

const TIMESTAMP: FieldDescription = {
  name: 'timestamp',
  type: 'number',
  unit: 'seconds',
  description: 'When the sample was taken: Unix time, UTC.',
};
const MACHINE: FieldDescription = { name: 'machine_id', type: 'string', description: 'The machine it was taken on.' };

/** The columns before those of fields. */
export function headFields({ timeZone }: Pick<TablePlan, 'timeZone'>): FieldDescription[] {
  const description = `The same moment as it was told in ${timeZone}, with the distance to UTC.`;
  const time: FieldDescription[] = timeZone === undefined ? [] : [{ name: 'time', type: 'string', description }];
  return [TIMESTAMP, ...time, MACHINE];
}

/** The columns of the layout that has a line a value. */
export function longFields(plan: Pick<TablePlan, 'timeZone'>): FieldDescription[] {
  return [
    ...headFields(plan),
    { name: 'group', type: 'string', description: 'What kind of thing is measured: cpu, disk, net, mem, …' },
    { name: 'device', type: 'string', description: 'Which of them; empty for the machine as a whole.' },
    { name: 'metric', type: 'string', description: 'Which of its numbers.' },
    { name: 'value', type: 'any', description: 'The number; of labels, the text.' },
    { name: 'unit', type: 'string', description: 'The unit of the value.' },
  ];
}

export function describeColumn({ name, column: { field, info, derivation }, unit }: TableColumn): FieldDescription {
  if (!info) return { name, type: 'any', derivation, field };
  const { spec, groupSpec, device, stat } = info;
  const type = spec.kind === 'label' ? 'string' : 'number';
  const description = derivation === 'value' ? spec.about : `${spec.about} ${DERIVED[derivation]}`;
  const place = { field, group: groupSpec.group, device, metric: stat };
  return { name, type, unit, kind: spec.kind, derivation, description, ...place };
}

const DERIVED = { rate: 'How much of it a second.', share: 'In percent of the time that passed.' };
