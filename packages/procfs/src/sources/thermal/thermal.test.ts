import { describe, expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { testRoot } from '../../test-root.ts';
import { plainSettings, sampleOf } from '../../test-sampling.ts';
import { thermalSource } from './index.ts';

function zone(number: number, type: string, temp: string): Record<string, string> {
  const path = `/sys/class/thermal/thermal_zone${number}`;
  return { [`${path}/type`]: `${type}\n`, [`${path}/temp`]: temp };
}

describe('the temperatures of thermal zones', () => {
  test('go by their types, and by their numbers where types are the same', async () => {
    const { root } = testRoot({
      ...zone(0, 'acpitz', '27800\n'),
      ...zone(1, 'acpitz', '29800\n'),
      ...zone(2, 'x86_pkg_temp', '-1500\n'),
      ...zone(10, 'cpu-thermal', '0\n'),
      '/sys/class/thermal/cooling_device0/type': 'Processor\n',
    });
    const { fields } = await sampleOf(thermalSource, openHost(root));
    expect(fields).toStrictEqual({
      'thermal_acpitz.0_millicelsius': 27800,
      'thermal_acpitz.1_millicelsius': 29800,
      thermal_x86_pkg_temp_millicelsius: -1500,
      'thermal_cpu-thermal_millicelsius': 0,
    });
  });

  test('cost a zone that cannot be read and no other', async () => {
    const host = testRoot({ ...zone(0, 'iwlwifi_1', ''), ...zone(1, 'acpitz', '30000\n') });
    host.remove('/sys/class/thermal/thermal_zone0/temp');
    host.put('/sys/class/thermal/thermal_zone0/temp/x', ''); // reading a directory fails
    const { fields, problems } = await sampleOf(thermalSource, openHost(host.root));
    expect(fields).toStrictEqual({ thermal_acpitz_millicelsius: 30000 });
    expect(problems).toStrictEqual([expect.stringMatching(/^cannot read .*thermal_zone0\/temp: EISDIR$/)]);
  });

  test('follow zones that go and come', async () => {
    const host = testRoot({ ...zone(0, 'acpitz', '1\n'), ...zone(1, 'nvme', '2\n') });
    const open = thermalSource.open?.(openHost(host.root), plainSettings);
    const sample = async () => {
      const tick = new FieldCollector();
      await open?.sample(tick, () => {});
      return tick.fields;
    };
    expect(await sample()).toStrictEqual({ thermal_acpitz_millicelsius: 1, thermal_nvme_millicelsius: 2 });
    host.remove('/sys/class/thermal/thermal_zone1');
    expect(await sample()).toStrictEqual({ thermal_acpitz_millicelsius: 1 });
    for (const [path, text] of Object.entries(zone(3, 'usb', '4\n'))) host.put(path, text);
    host.remove('/sys/class/thermal/thermal_zone0');
    await sample(); // sees that a zone has gone, and looks at the next tick
    expect(await sample()).toStrictEqual({ thermal_usb_millicelsius: 4 });
  });

  test('are none without zones, and unavailable without the directory', async () => {
    const { root } = testRoot({ '/sys/class/thermal/cooling_device0/type': 'Fan\n' });
    expect((await sampleOf(thermalSource, openHost(root))).fields).toStrictEqual({});
    await expect(sampleOf(thermalSource, openHost(testRoot().root))).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
