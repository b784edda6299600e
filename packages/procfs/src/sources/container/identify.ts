/** A control group that is sampled, and what its path says of it. */
export interface GroupName {
  readonly group: 'container' | 'cgroup';
  /** How its fields call it: the first 12 digits of an id, or a name, or a path. */
  readonly device: string;
  /** 64 digits; those of LXC and systemd-nspawn have none. */
  readonly id?: string;
  readonly name?: string;
  /** What runs it, where the path tells. */
  readonly runtime?: string;
}

const ID = '([0-9a-f]{64})';

/** A container with an id, by the last part of its path; drivers `systemd` and `cgroupfs` of each runtime. */
const WITH_ID: readonly (readonly [RegExp, string | undefined])[] = [
  [new RegExp(`^docker-${ID}\\.scope$`), 'docker'],
  [new RegExp(`^(?:cri-containerd|nerdctl)-${ID}\\.scope$`), 'containerd'],
  // containerd and kubelet at odds about the driver: `kubepods-podX.slice:cri-containerd:<id>`.
  [new RegExp(`:cri-containerd:${ID}$`), 'containerd'],
  [new RegExp(`^crio-${ID}(?:\\.scope)?$`), 'crio'],
  [new RegExp(`^libpod-${ID}(?:\\.scope)?$`), 'podman'],
  [new RegExp(`^${ID}$`), undefined],
];

/** One with a name alone. `machine-qemu\x2d1\x2dx.scope` is a virtual machine of libvirt's. */
const WITH_NAME: readonly (readonly [RegExp, string])[] = [
  [/^lxc\.payload\.(.+)$/, 'lxc'],
  [/^machine-(?!qemu\\x2d\d)(.+)\.scope$/, 'nspawn'],
  [/^systemd-nspawn@(.+)\.service$/, 'nspawn'],
];

/** The container at a path below the root of its hierarchy (`/system.slice/docker-….scope`), if there is one. */
export function identifyContainer(path: string): GroupName | undefined {
  const [parent = '', last = ''] = path.split('/').slice(-2);
  for (const [pattern, runtime = parent === 'docker' ? 'docker' : undefined] of WITH_ID) {
    const id = pattern.exec(last)?.[1];
    if (id === undefined) continue;
    return { group: 'container', device: id.slice(0, 12), id, ...(runtime !== undefined && { runtime }) };
  }
  for (const [pattern, runtime] of WITH_NAME) {
    const name = pattern.exec(last)?.[1];
    if (name !== undefined) return named(unescapeUnit(name), runtime);
  }
  return path.startsWith('/lxc/') && parent === 'lxc' ? named(last, 'lxc') : undefined; // LXC before 4.0
}

function named(name: string, runtime: string): GroupName {
  return { group: 'container', device: name, name, runtime };
}

/** Any other control group: slices, services, scopes. */
export function identifyGroup(path: string): GroupName {
  return { group: 'cgroup', device: unescapeUnit(path.slice(1)) };
}

/** systemd writes bytes that stand for something in the names of units as `\x2d` (man systemd.unit). */
function unescapeUnit(text: string): string {
  if (!text.includes('\\x')) return text;
  const latin1 = Buffer.from(text).toString('latin1');
  const bytes = latin1.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
