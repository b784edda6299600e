import { describe, expect, test } from 'vitest';
import { cloudOf } from './cloud.ts';
import { type Dmi, readDmi } from './dmi.ts';
import { counting, hostOf } from './test-host.ts';

const nothing: Dmi = {
  ...{ sysVendor: '', productName: '', productVersion: '', boardVendor: '' },
  ...{ biosVendor: '', biosVersion: '', chassisAssetTag: '' },
};

describe('the cloud', () => {
  test.each([
    [
      { sysVendor: 'Amazon EC2', productName: 'm5.large' },
      { vendor: 'aws', instance_type: 'm5.large' },
    ],
    [{ sysVendor: 'Xen', productName: 'HVM domU', productVersion: '4.11.amazon' }, { vendor: 'aws' }],
    [{ sysVendor: 'Microsoft Corporation', chassisAssetTag: '7783-7084-3265-9085-8269-3286-77' }, { vendor: 'azure' }],
    [{ sysVendor: 'Google', productName: 'Google Compute Engine' }, { vendor: 'gcp' }],
    [{ sysVendor: 'QEMU', chassisAssetTag: 'OracleCloud.com' }, { vendor: 'oci' }],
    [{ sysVendor: 'Alibaba Cloud', productName: 'Alibaba Cloud ECS' }, { vendor: 'alibaba' }],
    [{ sysVendor: 'DigitalOcean', productName: 'Droplet' }, { vendor: 'digitalocean' }],
    [{ sysVendor: 'Hetzner', productName: 'vServer' }, { vendor: 'hetzner' }],
    [{ sysVendor: 'Vultr', productName: 'VHF' }, { vendor: 'vultr' }],
    [{ sysVendor: 'OpenStack Foundation', productName: 'OpenStack Nova' }, { vendor: 'openstack' }],
  ])('of %j is %j', (words, want) => {
    expect(cloudOf({ ...nothing, ...words })).toStrictEqual(want);
  });

  test.each([
    {},
    { sysVendor: 'Microsoft Corporation', productName: 'Virtual Machine' },
    { sysVendor: 'Dell Inc.', productName: 'PowerEdge R640', chassisAssetTag: 'RACK12' },
    { sysVendor: 'QEMU', productName: 'Standard PC (i440FX + PIIX, 1996)' },
  ])('of %j is not known', (words) => {
    expect(cloudOf({ ...nothing, ...words })).toBeUndefined();
  });

  test('is told from words that identify no machine', () => {
    const { host, paths } = counting(hostOf({ '/sys/class/dmi/id/chassis_asset_tag': ' OracleCloud.com \n' }));
    expect(readDmi(host)).toStrictEqual({ ...nothing, chassisAssetTag: 'OracleCloud.com' });
    expect(paths.filter((path) => /serial|uuid/.test(path))).toStrictEqual([]);
  });
});
