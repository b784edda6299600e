import { optionalFact } from '../../errors.ts';
import { type Mount, parseMountinfo } from '../../mountinfo.ts';
import type { HostReader } from '../../types.ts';

/** Where control groups are found: one tree of version 2, or one of the trees of version 1. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly mountPoint: string;
  /** `memory`, `cpu`, `cpuacct`, …; version 2 has those that no tree of version 1 has. */
  readonly controllers: ReadonlySet<string>;
}

const CONTROLLERS = ['memory', 'cpuacct', 'cpu', 'blkio', 'pids'];
/** Where systemd, and nearly everybody else, mounts them. */
const USUAL = '/sys/fs/cgroup';

/** The hierarchies of a host, the one first that all containers are looked for in. */
export function findHierarchies(host: HostReader): Hierarchy[] {
  const mounts = optionalFact(() => parseMountinfo(mountinfo(host))) ?? [];
  const listed = versionOne(mounts.filter(({ type }) => type === 'cgroup'));
  const unified = mounts.find(({ type }) => type === 'cgroup2')?.mountPoint;
  if (listed.length === 0 && unified === undefined) return usual(host);
  return withUnified(listed, unified);
}

function mountinfo(host: HostReader): string {
  return host.isOwn
    ? host.readText('/proc/self/mountinfo')
    : host.readText('/proc/1/mountinfo', '/proc/self/mountinfo');
}

/** A controller is in one hierarchy; the same one may be mounted elsewhere too, in a chroot. */
function versionOne(mounts: readonly Pick<Mount, 'mountPoint' | 'options'>[]): Hierarchy[] {
  const found = CONTROLLERS.flatMap((name) => mounts.find(({ options }) => options.split(',').includes(name)) ?? []);
  return [...new Set(found)].map(({ mountPoint, options }) => ({
    version: 1,
    mountPoint,
    controllers: new Set(CONTROLLERS.filter((name) => options.split(',').includes(name))),
  }));
}

/** Beside hierarchies of version 1 the one of version 2 (`unified`) tells what they do not, such as pressure. */
function withUnified(old: readonly Hierarchy[], mountPoint: string | undefined): Hierarchy[] {
  if (mountPoint === undefined) return [...old];
  const taken = new Set(old.flatMap(({ controllers }) => [...controllers]));
  const left = ['pressure', ...CONTROLLERS].filter((name) => !taken.has(name));
  return [...old, { version: 2, mountPoint, controllers: new Set(left) }];
}

/** Where no list of mounts says anything, as in a capture without one: by what is in the usual place. */
function usual(host: HostReader): Hierarchy[] {
  const names = optionalFact(() => host.list(USUAL)) ?? [];
  if (names.includes('cgroup.controllers')) return withUnified([], USUAL);
  const mounts = names.map((name) => ({ mountPoint: `${USUAL}/${name}`, options: name }));
  return withUnified(versionOne(mounts), names.includes('unified') ? `${USUAL}/unified` : undefined);
}
