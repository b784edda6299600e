import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { isNamespaceInitial } from './namespaces.ts';
import { entries, readWord } from './read.ts';

/** Names in cgroup paths that container managers give: an id follows, so that `docker.service` is not one. */
const CGROUPS: readonly [RegExp, string][] = [
  [/kubepods/, 'kubernetes'],
  [/\blibpod-[0-9a-f]{64}/, 'podman'],
  [/\bdocker[-/][0-9a-f]{64}/, 'docker'],
  [/\/lxc(\.payload)?[./]/, 'lxc'],
  [/\/machine\.slice\/systemd-nspawn@/, 'systemd-nspawn'],
];

/**
 * The container that this process runs in, or that the files below another root are of: `docker`, `podman`,
 * `kubernetes`, `lxc`, …; undefined where there is none. The order is systemd-detect-virt's, but Kubernetes, which says
 * more than the runtime below it, comes first.
 */
export function detectContainer(host: HostReader): string | undefined {
  if (isOpenVz(host)) return 'openvz';
  if (/microsoft|WSL/i.test(readWord(host, '/proc/sys/kernel/osrelease') ?? '')) return 'wsl';
  const cgroup = CGROUPS.find(([pattern]) => pattern.test(cgroups(host)))?.[1];
  if (cgroup === 'kubernetes' || isInPod(host)) return 'kubernetes';
  const told = managerTold(host);
  // Many images set container=oci whatever runs them, so anything that is more exact goes before it.
  if (told !== undefined && told !== 'oci') return told;
  return managerByFile(host) ?? cgroup ?? told;
}

/** /proc/vz is inside and outside of a container, /proc/bc only outside. */
function isOpenVz(host: HostReader): boolean {
  return entries(host, '/proc/vz').length > 0 && entries(host, '/proc/bc').length === 0;
}

/** Below another root, /proc/self would be this process, not one of that host's. */
function cgroups(host: HostReader): string {
  const paths = host.isOwn ? ['/proc/self/cgroup', '/proc/1/cgroup'] : ['/proc/1/cgroup'];
  return paths.map((path) => optionalFact(() => host.readText(path)) ?? '').join('\n');
}

/** Below another root /var/run is an absolute link to our own /run: read only where it is ours. */
function isInPod(host: HostReader): boolean {
  const folders = host.isOwn ? ['/run', '/var/run'] : ['/run'];
  return folders.some((folder) => entries(host, `${folder}/secrets/kubernetes.io/serviceaccount`).length > 0);
}

/** What the manager said to process 1: systemd keeps it in a file; else it is in that process's environment. */
function managerTold(host: HostReader): string | undefined {
  const told = readWord(host, '/run/host/container-manager') ?? readWord(host, '/run/systemd/container');
  if (told !== undefined) return told;
  const environment = optionalFact(() => host.readText('/proc/1/environ'))?.split('\0');
  return environment?.find((entry) => entry.startsWith('container='))?.slice('container='.length) || undefined;
}

function managerByFile(host: HostReader): string | undefined {
  if (optionalFact(() => host.readText('/run/.containerenv')) !== undefined) return 'podman';
  const isDocker = optionalFact(() => host.readText('/.dockerenv')) !== undefined;
  // A virtual machine whose disk was made from a Docker image has that file, too, but no namespaces of its own.
  const isWholeMachine = (['pid', 'uts', 'ipc'] as const).every((kind) => isNamespaceInitial(host, kind));
  return isDocker && !isWholeMachine ? 'docker' : undefined;
}
