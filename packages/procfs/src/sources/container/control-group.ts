import { optionalFact, SourceError } from '../../errors.ts';
import { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import type { HostReader, KernelFile } from '../../types.ts';
import { containerFields, groupFields } from './fields.ts';
import type { GroupFile } from './group-files.ts';
import type { Hierarchy } from './hierarchies.ts';
import type { GroupName } from './identify.ts';
import { containerLabels } from './names.ts';
import type { GroupScan, Keys } from './slots.ts';

/** What the kernel says when a group was removed while its file was open, or before it was. */
const GONE = new Set(['ENODEV', 'ENOENT']);

interface OpenFile {
  readonly file: KernelFile;
  readonly scan: GroupScan;
}

/** One container or other control group. Its files stay open. */
export class ControlGroup {
  readonly name: GroupName;
  readonly path: string;
  readonly #host: HostReader;
  readonly #keys: Keys;
  /** Of a container; found out once. */
  readonly #labels: readonly { readonly key: FieldKey; readonly value: string }[];
  #files = new Map<string, OpenFile>();
  /** Some file of it was gone: it is not read again until somebody has looked what is left of it. */
  isStale = false;

  constructor(host: HostReader, name: GroupName, path: string) {
    this.name = name;
    this.path = path;
    this.#host = host;
    const key = (stat: string) => new FieldKey(`${name.group}_${name.device}_${stat}`);
    this.#keys = groupFields.map(({ stat }) => key(stat));
    const labels = name.group === 'container' ? { id: name.id, ...containerLabels(host, name, path) } : {};
    this.#labels = containerFields.flatMap(({ stat }) => {
      const value = (labels as Record<string, string | undefined>)[stat];
      return value === undefined || value === '' ? [] : [{ key: key(stat), value }];
    });
  }

  /** Finds out which files it has now: controllers are switched on and off while it lives. */
  look(files: ReadonlyMap<Hierarchy, readonly GroupFile[]>): void {
    const found = new Map<string, OpenFile>();
    for (const [{ mountPoint }, wanted] of files) {
      const directory = `${mountPoint}${this.path}`;
      const names = new Set(optionalFact(() => this.#host.list(directory)) ?? []);
      for (const { names: candidates, scan } of wanted) {
        const name = candidates.find((one) => names.has(one));
        const path = `${directory}/${name}`;
        if (name !== undefined) found.set(path, this.#files.get(path) ?? { file: this.#host.open(path), scan });
      }
    }
    for (const [path, { file }] of this.#files) if (!found.has(path)) file.close();
    this.#files = found;
    this.isStale = false;
  }

  /** @param report takes a sentence for a file that is there and cannot be read */
  sample(sink: FieldSink, report: (problem: string) => void): void {
    for (const { key, value } of this.#labels) sink.label(key, value);
    for (const [path, { file, scan }] of this.#files) {
      try {
        const end = file.read('one record');
        scan(file.bytes, end, sink, this.#keys);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (GONE.has((error.cause as NodeJS.ErrnoException).code ?? '')) {
          this.isStale = true;
          return;
        }
        this.#files.delete(path); // without pressure accounting its files say EOPNOTSUPP; tried again at the next look
        if (error.reason !== 'unavailable') report(error.message);
      }
    }
  }

  close(): void {
    for (const { file } of this.#files.values()) file.close();
  }
}
