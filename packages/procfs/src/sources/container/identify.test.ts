import { describe, expect, test } from 'vitest';
import { identifyContainer, identifyGroup } from './identify.ts';

const ID = '942b476921d8001bc53b35e48954a3a280e4a4cdceee8f13dc9396caf72de7f7';
const USER = '/user.slice/user-1000.slice/user@1000.service';

describe('a container is known by its control group', () => {
  test.each([
    [`/docker/${ID}`, 'docker'],
    [`/system.slice/docker-${ID}.scope`, 'docker'],
    [`${USER}/app.slice/docker-${ID}.scope`, 'docker'],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-${ID}.scope`,
      'containerd',
    ],
    [`/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:${ID}`, 'containerd'],
    [`/system.slice/nerdctl-${ID}.scope`, 'containerd'],
    [`/kubepods.slice/kubepods-pod1.slice/crio-${ID}.scope`, 'crio'],
    [`/kubepods/besteffort/pod1/crio-${ID}`, 'crio'],
    [`/machine.slice/libpod-${ID}.scope`, 'podman'],
    [`${USER}/user.slice/libpod-${ID}.scope`, 'podman'],
    [`/libpod_parent/libpod-${ID}`, 'podman'],
    [`/kubepods/burstable/pod1/${ID}`, undefined],
  ])('%s', (path, runtime) => {
    const want = { group: 'container', device: '942b476921d8', id: ID };
    expect(identifyContainer(path)).toStrictEqual(runtime === undefined ? want : { ...want, runtime });
  });

  test.each([
    ['/lxc.payload.web-1', 'lxc', 'web-1'],
    ['/lxc.payload.user-1000_web', 'lxc', 'user-1000_web'],
    ['/lxc/web', 'lxc', 'web'],
    ['/machine.slice/machine-web\\x2d1.scope', 'nspawn', 'web-1'],
    ['/machine.slice/machine-d\\xc3\\xa9j\\xc3\\xa0.scope', 'nspawn', 'déjà'],
    ['/machine.slice/systemd-nspawn@web\\x2d1.service', 'nspawn', 'web-1'],
  ])('%s, which has a name alone', (path, runtime, name) => {
    expect(identifyContainer(path)).toStrictEqual({ group: 'container', device: name, name, runtime });
  });

  test.each([
    '',
    '/docker',
    '/system.slice/docker.service',
    `/system.slice/docker-${ID.slice(1)}.scope`,
    `/machine.slice/libpod-conmon-${ID}.scope`,
    `/kubepods.slice/crio-conmon-${ID}.scope`,
    '/lxc.monitor.web',
    '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope',
    '/process_api/87822e6dbbf7a4486fb8cbb58fb9ae29',
  ])('but %j is none', (path) => {
    expect(identifyContainer(path)).toBeUndefined();
  });
});

test('any other control group is called by its path, as systemd means it', () => {
  const path = '/system.slice/dev-disk-by\\x2duuid-1.swap';
  expect(identifyGroup(path)).toStrictEqual({ group: 'cgroup', device: 'system.slice/dev-disk-by-uuid-1.swap' });
});
