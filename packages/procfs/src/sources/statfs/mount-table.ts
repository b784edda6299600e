import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { optionalFact, SourceError } from '../../errors.ts';
import { type Mount, parseMountinfo } from '../../mountinfo.ts';
import { openHost } from '../../reader.ts';
import { FieldKey } from '../../scan/field-key.ts';
import type { HostReader, Noise } from '../../types.ts';
import { type ChosenMount, chooseMounts } from './choose.ts';
import { fsFields } from './fields.ts';
import { WatchedFile } from './watched-file.ts';

/** A mount to be asked tick after tick. */
export interface FsMount {
  /** Another for another mount at the same path. */
  readonly key: string;
  readonly mountPoint: string;
  /** Where it is for this process. */
  readonly path: string;
  /** Names of its fields, in the order of `fsFields`. */
  readonly keys: readonly FieldKey[];
  /** It could not be asked: left alone until then, on the monotonic clock; 0 otherwise. */
  restUntil: number;
}

export interface FsMounts {
  /** Can be asked in this process. */
  readonly local: readonly FsMount[];
  /** May hang. */
  readonly distant: readonly FsMount[];
}

/** The host's file systems that count. Its list of mounts is read at every tick and parsed when it has changed. */
export class MountTable {
  readonly #host: HostReader;
  readonly #include: ReadonlySet<Noise>;
  readonly #listed: WatchedFile;
  /** Below another root: what is mounted for this process. */
  readonly #own: WatchedFile | undefined;
  #mounts: FsMounts | undefined;

  constructor(host: HostReader, include: ReadonlySet<Noise>) {
    this.#host = host;
    this.#include = include;
    this.#listed = new WatchedFile(
      host.isOwn ? host.open('/proc/self/mountinfo') : host.open('/proc/1/mountinfo', '/proc/self/mountinfo'),
    );
    this.#own = host.isOwn ? undefined : new WatchedFile(openHost().open('/proc/self/mountinfo'));
  }

  /** @throws SourceError, ParseError */
  read(): FsMounts {
    const hasChanged = this.#listed.hasChanged();
    if (this.#own?.hasChanged() || hasChanged) this.#mounts = undefined;
    this.#mounts ??= this.#choose();
    return this.#mounts;
  }

  close(): void {
    this.#listed.close();
    this.#own?.close();
  }

  #choose(): FsMounts {
    const chosen = chooseMounts(parseMountinfo(this.#listed.text), this.#include);
    const mounts = this.#own
      ? reachable(chosen, this.#host, parseMountinfo(this.#own.text))
      : withoutSandbox(chosen, this.#host);
    const root = this.#own ? realpathSync(this.#host.root) : '/';
    const ofKind = (isLocal: boolean) =>
      mounts.filter((one) => one.isLocal === isLocal).map(({ mount }) => fsMount(mount, root));
    return { local: ofKind(true), distant: ofKind(false) };
  }
}

/** Below another root a directory of the right name need not be the mount: in a capture it would be our own disk. */
function reachable(chosen: readonly ChosenMount[], host: HostReader, own: readonly Mount[]): ChosenMount[] {
  const root = realpathSync(host.root);
  const here = new Set(own.map(placeOf));
  const found = chosen.filter(({ mount }) => here.has(`${mount.device} ${pathBelow(root, mount)}`));
  if (found.length > 0) return found;
  throw new SourceError('unavailable', `cannot statfs below ${host.root}: none of its file systems is mounted here`);
}

/**
 * The memory that systemd mounts over directories that a unit is not to see (PrivateDevices=, credentials) is none of the
 * host's file systems: its first process has no such mounts.
 */
function withoutSandbox(chosen: readonly ChosenMount[], host: HostReader): readonly ChosenMount[] {
  if (!chosen.some(isMemory)) return chosen;
  const listed = optionalFact(() => parseMountinfo(host.readText('/proc/1/mountinfo')));
  if (!listed) return chosen;
  const there = new Set(listed.map(placeOf));
  return chosen.filter((one) => !isMemory(one) || there.has(placeOf(one.mount)));
}

function isMemory({ mount }: ChosenMount): boolean {
  return mount.type === 'tmpfs';
}

function placeOf({ device, mountPoint }: Mount): string {
  return `${device} ${mountPoint}`;
}

function pathBelow(root: string, { mountPoint }: Mount): string {
  return mountPoint === '/' ? root : join(root, mountPoint);
}

function fsMount(mount: Mount, root: string): FsMount {
  const { id, device, mountPoint } = mount;
  const keys = fsFields.map(({ stat }) => new FieldKey(`fs_${mountPoint}_${stat}`));
  return { key: `${id} ${device} ${mountPoint}`, mountPoint, path: pathBelow(root, mount), keys, restUntil: 0 };
}
