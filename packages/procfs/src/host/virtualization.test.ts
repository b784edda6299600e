import { describe, expect, test } from 'vitest';
import { readDmi } from './dmi.ts';
import { hostOf } from './test-host.ts';
import { detectVirtualization } from './virtualization.ts';

interface Case {
  readonly files?: Record<string, string>;
  readonly links?: Record<string, string>;
  readonly isVirtual?: boolean;
}

function detected({ files = {}, links, isVirtual }: Case): string | undefined {
  const host = hostOf(files, links);
  return detectVirtualization(host, { dmi: readDmi(host), isVirtual });
}

function dmi(vendor: string, product: string): Record<string, string> {
  return { '/sys/class/dmi/id/sys_vendor': `${vendor}\n`, '/sys/class/dmi/id/product_name': `${product}\n` };
}

const KVM_CLOCK = {
  '/sys/devices/system/clocksource/clocksource0/available_clocksource': 'kvm-clock tsc acpi_pm \n',
};

describe('virtualization on x86', () => {
  test.each([
    ['Amazon EC2', 'm5.large', true, 'amazon'],
    ['Amazon EC2', 'm5.metal', false, 'none'],
    ['VMware, Inc.', 'VMware Virtual Platform', true, 'vmware'],
    ['Microsoft Corporation', 'Virtual Machine', true, 'microsoft'],
    ['Microsoft Corporation', 'Surface Laptop', true, 'unknown'],
    ['Google', 'Google Compute Engine', true, 'google'],
    ['innotek GmbH', 'VirtualBox', true, 'oracle'],
    ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', true, 'qemu'],
    ['Red Hat', 'KVM', true, 'kvm'],
    ['Dell Inc.', 'PowerEdge R640', false, 'none'],
    ['Nobody', 'Knows', true, 'unknown'],
  ])('of %s %s, virtual %s, is %s', (vendor, product, isVirtual, want) => {
    expect(detected({ files: dmi(vendor, product), isVirtual })).toBe(want);
  });

  test('is KVM below QEMU where KVM offers its clock', () => {
    expect(detected({ files: { ...dmi('QEMU', 'Standard PC'), ...KVM_CLOCK }, isVirtual: true })).toBe('kvm');
    expect(detected({ files: KVM_CLOCK, isVirtual: true })).toBe('kvm');
  });

  test('is the vendor who has a name of his own for KVM', () => {
    expect(detected({ files: { ...dmi('Amazon EC2', 'm5.large'), ...KVM_CLOCK }, isVirtual: true })).toBe('amazon');
  });

  test('is Xen in a guest, and none in the first domain', () => {
    const guest = { '/sys/hypervisor/type': 'xen\n' };
    expect(detected({ files: guest, isVirtual: true })).toBe('xen');
    expect(detected({ files: { ...guest, '/proc/xen/capabilities': '\n' }, isVirtual: true })).toBe('xen');
    expect(detected({ files: { ...guest, '/proc/xen/capabilities': 'control_d\n' }, isVirtual: true })).toBe('none');
  });
});

describe('virtualization elsewhere', () => {
  test.each([
    ['z/VM    7.2.0', 'zvm'],
    ['KVM/Linux       ', 'kvm'],
    ['Something else', 'unknown'],
  ])('on s390x below %j is %s', (program, want) => {
    const sysinfo = `Type:                 8561\nLPAR Number:          10\nVM00 Name:            LINUX1\nVM00 Control Program: ${program}\n`;
    expect(detected({ files: { '/proc/sysinfo': sysinfo } })).toBe(want);
  });

  test('on s390x is none in a partition of the machine', () => {
    expect(detected({ files: { '/proc/sysinfo': 'Type:                 8561\nLPAR Number:          10\n' } })).toBe(
      'none',
    );
  });

  const TREE = '/sys/firmware/devicetree/base';

  test.each([
    [{ [`${TREE}/hypervisor/compatible`]: 'linux,kvm\0' }, 'kvm'],
    [{ [`${TREE}/hypervisor/compatible`]: 'xen,xen-4.17\0xen,xen\0' }, 'xen'],
    [{ [`${TREE}/hypervisor/compatible`]: 'acme,visor\0' }, 'unknown'],
    [{ [`${TREE}/model`]: 'IBM pSeries (emulated by qemu)\0' }, 'qemu'],
    [{ [`${TREE}/fw-cfg@9020000/compatible`]: 'qemu,fw-cfg-mmio\0' }, 'qemu'],
    [{ [`${TREE}/ibm,partition-name`]: 'lpar1\0', [`${TREE}/hmc-managed?`]: '\0' }, 'powervm'],
    [{ [`${TREE}/model`]: 'Raspberry Pi 4 Model B Rev 1.4\0' }, undefined],
    [{ '/proc/device-tree/hypervisor/compatible': 'linux,kvm\0' }, 'kvm'],
  ])('by the device tree %j is %s', (files, want) => {
    expect(detected({ files })).toBe(want);
  });

  test('on arm64 is what DMI says, and none on the metal of EC2', () => {
    expect(detected({ files: dmi('Amazon EC2', 'm6g.large') })).toBe('amazon');
    expect(detected({ files: dmi('Amazon EC2', 'm6g.metal') })).toBe('none');
    expect(detected({ files: dmi('QEMU', 'KVM Virtual Machine') })).toBe('kvm');
    expect(detected({ files: dmi('HPE', 'ProLiant RL300') })).toBeUndefined();
  });

  test("is never read from this machine's device tree by way of a link", () => {
    const elsewhere = hostOf({ '/hypervisor/compatible': 'linux,kvm\0' }).root;
    expect(detected({ links: { '/proc/device-tree': elsewhere } })).toBeUndefined();
  });

  test('on ppc64le is unknown where only the platform tells', () => {
    expect(detected({ isVirtual: true })).toBe('unknown');
    expect(detected({ isVirtual: false })).toBe('none');
  });
});
