export { allGroups, describeField, type FieldInfo, sourceOf } from './catalogue.ts';
export { columnsOf, parseCount } from './count.ts';
export { ParseError, SourceError } from './errors.ts';
export { fieldName, splitName } from './field-name.ts';
export { type HostFacts, readHostFacts } from './host/host-facts.ts';
export { readMachineId } from './host/machine-id.ts';
export { parseJson } from './json.ts';
export { openHost } from './reader.ts';
export { FieldKey } from './scan/field-key.ts';
export { decimalEnd, digitsEnd, FieldCollector, type FieldSink, isCutOff } from './scan/field-sink.ts';
export type { ProcessorDetails } from './sources/cpuinfo/details.ts';
export { sources } from './sources/index.ts';
export { bootTimeField } from './sources/stat/fields.ts';
export { bootClockField } from './sources/uptime/fields.ts';
export type {
  FieldSpec,
  Fields,
  FieldValue,
  GroupSpec,
  HostReader,
  Kind,
  Noise,
  OpenSource,
  RawText,
  SamplingSettings,
  Source,
  Unit,
} from './types.ts';
export { NOISE } from './types.ts';
export { type BlockDeviceKind, blockDeviceKind, wholeDisks } from './whole-disks.ts';
