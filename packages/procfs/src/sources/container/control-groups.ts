import { optionalFact, SourceError } from '../../errors.ts';
import { digitsEnd, latin1 } from '../../scan/field-sink.ts';
import type { HostReader, KernelFile } from '../../types.ts';
import { BlockStack } from './block-stack.ts';
import { ControlGroup } from './control-group.ts';
import { filesOf, type GroupFile } from './group-files.ts';
import { findHierarchies, type Hierarchy } from './hierarchies.ts';
import { type GroupName, identifyContainer, identifyGroup } from './identify.ts';

/** How often groups are looked for, milliseconds, whatever the host says of their number. */
const LOOK_AGAIN_MS = 9_000;
/** Looking takes no more than this part of the time, however quickly groups come and go. */
const LOOK_SHARE = 1 / 100;
/** Deeper than anybody nests; a capture may hold anything. */
const DEEPEST = 32;
const NR_DESCENDANTS = Buffer.from('nr_descendants ');

/**
 * The containers of a host, and its other control groups if they are wanted. All their directories are walked at the
 * first tick, every nine seconds, and sooner when one has gone or the kernel counts another number of them; leaves, most
 * of them, cost one stat. What runs inside a container (its own slices, containers in it) is part of it.
 */
export class ControlGroups {
  readonly #host: HostReader;
  readonly #isWithOthers: boolean;
  readonly #hierarchies: readonly Hierarchy[];
  readonly #stack: BlockStack;
  readonly #files: ReadonlyMap<Hierarchy, readonly GroupFile[]>;
  /** Of version 2: `nr_descendants 42`, since 4.14. */
  #counter: KernelFile | undefined;
  #count = '';
  #groups = new Map<string, ControlGroup>();
  #lookAt = 0;
  /** Not sooner, even if there is reason to. */
  #restUntil = 0;

  /** @param isWithOthers slices, services and all else too */
  constructor(host: HostReader, isWithOthers: boolean) {
    this.#host = host;
    this.#isWithOthers = isWithOthers;
    this.#hierarchies = findHierarchies(host);
    this.#stack = new BlockStack(host);
    this.#files = filesOf(this.#hierarchies, this.#stack);
    const unified = this.#hierarchies.find(({ version }) => version === 2);
    this.#counter = unified && host.open(`${unified.mountPoint}/cgroup.stat`);
  }

  /** Those that there are now. @throws SourceError where the host has no control groups */
  current(): Iterable<ControlGroup> {
    const now = performance.now();
    if (this.#hasChanged()) this.#lookAt = 0;
    if (now >= this.#lookAt && now >= this.#restUntil) {
      this.#look();
      const took = performance.now() - now;
      this.#restUntil = now + took / LOOK_SHARE;
      this.#lookAt = now + LOOK_AGAIN_MS;
    }
    return this.#groups.values();
  }

  close(): void {
    this.#counter?.close();
    for (const group of this.#groups.values()) group.close();
  }

  #hasChanged(): boolean {
    for (const group of this.#groups.values()) if (group.isStale) return true;
    const counter = this.#counter;
    const count = counter && optionalFact(() => readCount(counter));
    if (count === undefined) this.#counter = undefined;
    if (count === undefined || count === this.#count) return false;
    this.#count = count;
    return true;
  }

  #look(): void {
    const [first] = this.#hierarchies;
    if (!first) throw new SourceError('unavailable', `there are no control groups below ${this.#host.root}`);
    this.#stack.forget();
    const found = new Map<string, ControlGroup>();
    const devices = new Set<string>();
    for (const { path, name } of this.#walk(first, '', 0)) {
      const device = `${name.group} ${name.device}`;
      if (devices.has(device)) continue; // a container of LXC and one of systemd-nspawn with one name
      devices.add(device);
      const known = this.#groups.get(path);
      const group = known && !known.isStale ? known : new ControlGroup(this.#host, name, path);
      group.look(this.#files);
      found.set(path, group);
    }
    for (const [path, group] of this.#groups) if (found.get(path) !== group) group.close();
    this.#groups = found;
  }

  *#walk(hierarchy: Hierarchy, at: string, depth: number): Generator<{ path: string; name: GroupName }> {
    if (depth > DEEPEST) return;
    // One that has gone meanwhile has nothing below it.
    for (const part of optionalFact(() => this.#host.directories(`${hierarchy.mountPoint}${at}`)) ?? []) {
      const path = `${at}/${part}`;
      const container = identifyContainer(path);
      if (container) yield { path, name: container };
      else if (this.#isWithOthers) yield { path, name: identifyGroup(path) };
      if (!container) yield* this.#walk(hierarchy, path, depth + 1);
    }
  }
}

/** @throws SourceError */
function readCount(file: KernelFile): string {
  const end = Math.min(file.read(), digitsEnd(file.bytes, NR_DESCENDANTS.length));
  return latin1(file.bytes, 0, end);
}
