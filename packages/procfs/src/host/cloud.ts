import type { Dmi } from './dmi.ts';
import { known } from './read.ts';

/** Whose machine it is, as far as its firmware says so; no metadata service is asked. */
export interface Cloud {
  readonly vendor: string;
  readonly instance_type?: string;
}

interface Sign {
  readonly vendor: string;
  readonly isSeen: (dmi: Dmi) => boolean;
  /** Only where the vendor writes it there. */
  readonly instanceType?: (dmi: Dmi) => string;
}

/** The signs that cloud-init's ds-identify and the vendors' documents name; the first that is seen counts. */
const SIGNS: readonly Sign[] = [
  { vendor: 'aws', isSeen: (dmi) => dmi.sysVendor === 'Amazon EC2', instanceType: (dmi) => dmi.productName },
  // EC2 on Xen: `4.11.amazon`.
  { vendor: 'aws', isSeen: (dmi) => /amazon/i.test(`${dmi.productVersion} ${dmi.biosVersion}`) },
  // The same tag on every machine: "MSFT AZURE VM" in ASCII codes.
  { vendor: 'azure', isSeen: (dmi) => dmi.chassisAssetTag === '7783-7084-3265-9085-8269-3286-77' },
  { vendor: 'gcp', isSeen: (dmi) => dmi.productName === 'Google Compute Engine' },
  { vendor: 'oci', isSeen: (dmi) => dmi.chassisAssetTag === 'OracleCloud.com' },
  { vendor: 'alibaba', isSeen: (dmi) => dmi.productName === 'Alibaba Cloud ECS' || dmi.sysVendor === 'Alibaba Cloud' },
  { vendor: 'tencent', isSeen: (dmi) => dmi.sysVendor === 'Tencent Cloud' },
  { vendor: 'huawei', isSeen: (dmi) => dmi.chassisAssetTag === 'HUAWEICLOUD' },
  { vendor: 'digitalocean', isSeen: (dmi) => dmi.sysVendor === 'DigitalOcean' },
  { vendor: 'hetzner', isSeen: (dmi) => dmi.sysVendor === 'Hetzner' },
  { vendor: 'vultr', isSeen: (dmi) => dmi.sysVendor === 'Vultr' },
  { vendor: 'linode', isSeen: (dmi) => dmi.sysVendor === 'Linode' || dmi.sysVendor === 'Akamai' },
  { vendor: 'scaleway', isSeen: (dmi) => dmi.sysVendor === 'Scaleway' },
  { vendor: 'upcloud', isSeen: (dmi) => dmi.sysVendor === 'UpCloud' },
  { vendor: 'exoscale', isSeen: (dmi) => dmi.productName.startsWith('Exoscale') },
  { vendor: 'cloudstack', isSeen: (dmi) => dmi.productName.startsWith('CloudStack') },
  { vendor: 'openstack', isSeen: (dmi) => /^OpenStack (Nova|Compute)$/.test(dmi.productName) },
  { vendor: 'openstack', isSeen: (dmi) => /^(OpenTelekomCloud|SAP CCloud VM)$/.test(dmi.chassisAssetTag) },
];

export function cloudOf(dmi: Dmi): Cloud | undefined {
  const sign = SIGNS.find(({ isSeen }) => isSeen(dmi));
  return sign && known<Cloud>({ vendor: sign.vendor, instance_type: sign.instanceType?.(dmi) || undefined });
}
