/**
 * /sys/class/hwmon/hwmon<n>/<sensor>_input: temperatures, fans, voltages, currents, power, energy and humidity.
 * Documentation/hwmon/sysfs-interface.rst.
 *
 *     name: coretemp
 *     temp1_input: 47000
 *     temp1_label: Package id 0
 *
 * A sensor is called by its chip, the chip's place on its bus and the sensor's own name:
 * `hwmon_coretemp@coretemp.0/temp1_millicelsius`. power*_average is there where a chip averages by itself.
 */
import type { Source } from '../../types.ts';
import { CHIPS } from './chips.ts';
import { hwmonFields } from './fields.ts';
import { openChips } from './read.ts';

export const hwmonSource: Source = {
  name: 'hwmon',
  subsystem: CHIPS,
  groups: [{ group: 'hwmon', device: 'between', fields: hwmonFields }],
  open: (host) => openChips(host, () => performance.now()),
};
