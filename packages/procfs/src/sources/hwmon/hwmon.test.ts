import { describe, expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { type TestRoot, testRoot } from '../../test-root.ts';
import { plainSettings, sampleOf } from '../../test-sampling.ts';
import type { Fields, OpenSource } from '../../types.ts';
import { hwmonSource } from './index.ts';
import { openChips } from './read.ts';

/** A chip as /sys has it: a link in the class to the directory below its device. */
function putChip(host: TestRoot, device: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) host.put(`/sys/devices/${device}/${name}`, `${text}\n`);
  const number = /\d+$/.exec(device)?.[0];
  host.link(`/sys/class/hwmon/hwmon${number}`, `../../devices/${device}`);
}

async function tick(open: OpenSource | undefined, problems: string[] = []): Promise<Fields> {
  const collector = new FieldCollector();
  await open?.sample(collector, (problem) => problems.push(problem));
  return collector.fields;
}

describe('the sensors of chips', () => {
  test('are all kinds of sensors, in the units of the kernel, with their labels', async () => {
    const host = testRoot();
    putChip(host, 'platform/nct6775.656/hwmon/hwmon2', {
      name: 'nct6779',
      in0_input: '872',
      in0_label: 'Vcore',
      fan2_input: '0',
      temp1_input: '-40000',
      temp1_max: '80000',
      curr1_input: '-120',
      power1_input: '95000000',
      power1_average: '94000000',
      energy1_input: '18446744073709551615',
      humidity1_input: '45500',
      pwm1: '128',
      beep_enable: '0',
    });
    const { fields, problems } = await sampleOf(hwmonSource, openHost(host.root));
    const chip = 'hwmon_nct6779@nct6775.656';
    expect(fields).toStrictEqual({
      [`${chip}/in0_millivolts`]: 872,
      [`${chip}/in0_label`]: 'Vcore',
      [`${chip}/fan2_rpm`]: 0,
      [`${chip}/temp1_millicelsius`]: -40000,
      [`${chip}/curr1_milliamperes`]: -120,
      [`${chip}/power1_microwatts`]: 95000000,
      [`${chip}/power1_microwatts_average`]: 94000000,
      [`${chip}/energy1_microjoules`]: '18446744073709551615',
      [`${chip}/humidity1_millipercent`]: 45500,
    });
    expect(problems).toStrictEqual([]);
  });

  test.each([
    ['pci0000:00/0000:00:18.3/hwmon/hwmon1', 'k10temp', 'k10temp@0000:00:18.3'],
    ['pci0000:00/0000:00:1d.0/0000:01:00.0/nvme/nvme0/hwmon3', 'nvme', 'nvme@0000:01:00.0'],
    ['pci0000:00/0000:00:1f.4/i2c-1/1-004c/hwmon/hwmon4', 'lm90', 'lm90@1-004c'],
    ['LNXSYSTM:00/LNXSYBUS:00/PNP0C0A:00/power_supply/BAT0/hwmon5', 'BAT0', 'BAT0@BAT0'],
    ['pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/hwmon/hwmon6', 'drivetemp', 'drivetemp@0:0:0:0'],
    ['virtual/thermal/thermal_zone0/hwmon0', 'cpu_thermal', 'cpu_thermal'],
  ])('go by the place of the chip: %s', async (device, name, want) => {
    const host = testRoot();
    putChip(host, device, { name, temp1_input: '1' });
    const { fields } = await sampleOf(hwmonSource, openHost(host.root));
    expect(fields).toStrictEqual({ [`hwmon_${want}/temp1_millicelsius`]: 1 });
  });

  test('go by hwmon numbers where chips are not told apart otherwise', async () => {
    const { root } = testRoot({
      '/sys/class/hwmon/hwmon0/name': 'acpitz\n',
      '/sys/class/hwmon/hwmon0/temp1_input': '1\n',
      '/sys/class/hwmon/hwmon7/name': 'acpitz\n',
      '/sys/class/hwmon/hwmon7/temp1_input': '2\n',
      '/sys/class/hwmon/hwmon8/temp1_input': '3\n',
    });
    expect((await sampleOf(hwmonSource, openHost(root))).fields).toStrictEqual({
      'hwmon_acpitz.0/temp1_millicelsius': 1,
      'hwmon_acpitz.7/temp1_millicelsius': 2,
      'hwmon_chip/temp1_millicelsius': 3,
    });
  });

  test("are found in the device's directory on kernels before 3.13", async () => {
    const host = testRoot({
      '/sys/devices/platform/coretemp.0/name': 'coretemp\n',
      '/sys/devices/platform/coretemp.0/temp2_input': '45000\n',
      '/sys/devices/platform/coretemp.0/temp2_label': 'Core 0\n',
    });
    host.link('/sys/devices/platform/coretemp.0/hwmon/hwmon0/device', '../../../coretemp.0');
    host.link('/sys/class/hwmon/hwmon0', '../../devices/platform/coretemp.0/hwmon/hwmon0');
    expect((await sampleOf(hwmonSource, openHost(host.root))).fields).toStrictEqual({
      'hwmon_coretemp@coretemp.0/temp2_millicelsius': 45000,
      'hwmon_coretemp@coretemp.0/temp2_label': 'Core 0',
    });
  });

  test('cost only themselves where they cannot be read', async () => {
    const host = testRoot();
    putChip(host, 'platform/it87.552/hwmon/hwmon0', { name: 'it8728', fan1_input: 'N/A', temp2_input: '31000' });
    host.put('/sys/devices/platform/it87.552/hwmon/hwmon0/temp1_input/x', ''); // reading a directory fails
    const { fields, problems } = await sampleOf(hwmonSource, openHost(host.root));
    expect(fields).toStrictEqual({ 'hwmon_it8728@it87.552/temp2_millicelsius': 31000 });
    expect(problems).toStrictEqual([expect.stringMatching(/temp1_input: EISDIR$/)]);
  });

  test('are gone with their chip', async () => {
    const host = testRoot();
    putChip(host, 'platform/coretemp.0/hwmon/hwmon0', { name: 'coretemp', temp1_input: '1' });
    putChip(host, 'pci0000:00/0000:01:00.0/nvme/nvme0/hwmon1', { name: 'nvme', temp1_input: '2' });
    const open = hwmonSource.open?.(openHost(host.root), plainSettings);
    expect(Object.keys(await tick(open))).toHaveLength(2);
    host.remove('/sys/class/hwmon/hwmon1');
    host.remove('/sys/devices/pci0000:00');
    const problems: string[] = [];
    expect(await tick(open, problems)).toStrictEqual({ 'hwmon_coretemp@coretemp.0/temp1_millicelsius': 1 });
    expect(await tick(open, problems)).toStrictEqual({ 'hwmon_coretemp@coretemp.0/temp1_millicelsius': 1 });
    expect(problems).toStrictEqual([]);
  });

  test('are unavailable without the class', async () => {
    await expect(sampleOf(hwmonSource, openHost(testRoot().root))).rejects.toMatchObject({ reason: 'unavailable' });
  });
});

test('a chip that is slow is read a hundredth of the time, which is said', async () => {
  const host = testRoot();
  putChip(host, 'pci0000:00/0000:00:1f.4/i2c-0/0-0028/hwmon/hwmon0', { name: 'adm1021', temp1_input: '1' });
  let now = 0;
  // Every look at the clock is 20 ms after the one before, so that is what reading seems to take.
  const open = openChips(openHost(host.root), () => (now += 20));
  const problems: string[] = [];
  const isRead = async () => Object.keys(await tick(open, problems)).length > 0;
  expect(await isRead()).toBe(true);
  expect(await isRead()).toBe(false);
  now += 1000;
  expect(await isRead()).toBe(false);
  expect(problems).toStrictEqual([]);
  now += 1000;
  expect(await isRead()).toBe(true);
  expect(problems).toStrictEqual([expect.stringMatching(/^the hwmon chip adm1021@0-0028 is not read at every tick/)]);
});
