export { allGroups, describeField, type FieldInfo, sourceOf } from './catalogue.ts';
export { columnsOf, parseCount } from './count.ts';
export { ParseError, SourceError } from './errors.ts';
export { fieldName } from './field-name.ts';
export { type HostFacts, readHostFacts } from './host/host-facts.ts';
export { readMachineId } from './host/machine-id.ts';
export { parseJson } from './json.ts';
export { openHost } from './reader.ts';
export { sources } from './sources/index.ts';
export { bootClockField } from './sources/uptime/fields.ts';
export type {
  FieldSpec,
  Fields,
  FieldValue,
  GroupSpec,
  HostReader,
  Kind,
  ReadSource,
  Source,
  Unit,
} from './types.ts';
