import { describe, expect, test } from 'vitest';
import { detectContainer } from './container.ts';
import { asOwn, hostOf } from './test-host.ts';

const ID = '942b476921d8001bc53b35e48954a3a280e4a4cdceee8f13dc9396caf72de7f7';

function own(files: Record<string, string>, links: Record<string, string> = {}): string | undefined {
  return detectContainer(asOwn(hostOf(files, links)));
}

const INITIAL_NAMESPACES = {
  '/proc/self/ns/pid': 'pid:[4026531836]',
  '/proc/self/ns/uts': 'uts:[4026531838]',
  '/proc/self/ns/ipc': 'ipc:[4026531839]',
};

describe('the container', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a file of podman', { '/run/.containerenv': 'engine="podman-4.3.1"\n', '/.dockerenv': '' }, 'podman'],
    ['a file of Docker', { '/.dockerenv': '' }, 'docker'],
    ['what systemd was told', { '/run/systemd/container': 'systemd-nspawn\n' }, 'systemd-nspawn'],
    ['what process 1 was told', { '/proc/1/environ': 'PATH=/bin\0container=lxc\0TERM=x\0' }, 'lxc'],
    ['what the manager left', { '/run/host/container-manager': 'systemd-nspawn\n' }, 'systemd-nspawn'],
    ['a cgroup of Docker', { '/proc/self/cgroup': `12:memory:/docker/${ID}\n` }, 'docker'],
    ['a scope of Docker', { '/proc/self/cgroup': `0::/system.slice/docker-${ID}.scope\n` }, 'docker'],
    ['a cgroup of podman', { '/proc/1/cgroup': `0::/machine.slice/libpod-${ID}.scope\n` }, 'podman'],
    ['a cgroup of LXC', { '/proc/1/cgroup': '0::/lxc.payload.web1/init.scope\n' }, 'lxc'],
    [
      'a pod',
      { '/proc/self/cgroup': `0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope\n` },
      'kubernetes',
    ],
    [
      'the secrets of a pod',
      { '/run/secrets/kubernetes.io/serviceaccount/namespace': 'x', '/.dockerenv': '' },
      'kubernetes',
    ],
    ['the kernel of WSL', { '/proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2\n' }, 'wsl'],
    ['the files of OpenVZ', { '/proc/vz/veinfo': '' }, 'openvz'],
    ['the word of an image alone', { '/proc/1/environ': 'container=oci\0' }, 'oci'],
    ['more than the word of an image', { '/proc/1/environ': 'container=oci\0', '/.dockerenv': '' }, 'docker'],
  ])('is known by %s', (_, files, want) => {
    expect(own(files)).toBe(want);
  });

  test.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['a service', { '/proc/self/cgroup': '0::/system.slice/docker.service\n', '/proc/1/cgroup': '0::/init.scope\n' }],
    ['the host of OpenVZ', { '/proc/vz/veinfo': '', '/proc/bc/resources': '' }],
    ['a process 1 that was told nothing', { '/proc/1/environ': 'PATH=/bin\0xcontainer=lxc\0container=\0' }],
  ])('is none by %s', (_, files) => {
    expect(own(files)).toBeUndefined();
  });

  test('is none on a machine whose disk was made from a Docker image', () => {
    expect(own({ '/.dockerenv': '' }, INITIAL_NAMESPACES)).toBeUndefined();
    const shared = { ...INITIAL_NAMESPACES, '/proc/self/ns/uts': 'uts:[4026532201]' };
    expect(own({ '/.dockerenv': '' }, shared)).toBe('docker');
  });

  test('below another root is never the one that this process is in', () => {
    const host = hostOf(
      {
        '/proc/self/cgroup': `0::/docker/${ID}\n`,
        '/proc/1/cgroup': '0::/init.scope\n',
        '/elsewhere/secrets/kubernetes.io/serviceaccount/namespace': 'x',
      },
      { '/var/run': '../elsewhere' },
    );
    expect(detectContainer(host)).toBeUndefined();
    expect(detectContainer(asOwn(host))).toBe('kubernetes');
  });
});
