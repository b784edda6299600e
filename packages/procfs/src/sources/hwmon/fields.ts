import type { FieldSpec } from '../../types.ts';

/** What a chip's file is called, without the sensor's number, and the statistic that it becomes. */
export const hwmonFields: readonly FieldSpec[] = [
  { stat: 'millicelsius', kernel: 'temp*_input', unit: 'millicelsius', kind: 'gauge', about: 'Temperature.' },
  { stat: 'rpm', kernel: 'fan*_input', unit: 'RPM', kind: 'gauge', about: 'Speed of a fan.' },
  { stat: 'millivolts', kernel: 'in*_input', unit: 'mV', kind: 'gauge', about: 'Voltage at the chip.' },
  { stat: 'milliamperes', kernel: 'curr*_input', unit: 'mA', kind: 'gauge', about: 'Current.' },
  { stat: 'microwatts', kernel: 'power*_input', unit: 'uW', kind: 'gauge', about: 'Power at this moment.' },
  { stat: 'microwatts_average', kernel: 'power*_average', unit: 'uW', kind: 'gauge', about: "Power averaged over the chip's own interval." },
  { stat: 'microjoules', kernel: 'energy*_input', unit: 'uJ', kind: 'counter', about: 'Energy used since the chip began to count.' },
  { stat: 'millipercent', kernel: 'humidity*_input', unit: 'millipercent', kind: 'gauge', about: 'Relative humidity.' },
  { stat: 'label', kernel: '*_label', unit: 'text', kind: 'label', about: 'What the sensor is said to measure.' },
];
