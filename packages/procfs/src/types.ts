/**
 * The words every other file uses: a field's value, what the catalogue says of a field, and what a source is.
 */

/**
 * A value as the kernel printed it: a number, or a string: a label (a name, an image), or a decimal number above
 * 2^53-1, which a JavaScript number would round.
 */
export type FieldValue = number | string;

/** The fields of one sample: flat, keyed by field name. A field that the kernel does not offer has no key. */
export type Fields = Record<string, FieldValue>;

export type Unit =
  | 'bytes'
  | 'KiB'
  | 'blocks'
  | 'count'
  | 'jiffies'
  | 'ms'
  | 'pages'
  | 'sectors'
  | 'seconds'
  | 'text'
  | 'ticks'
  | 'us';

/** A counter only grows until it is reset; a gauge goes up and down; a label names something. */
export type Kind = 'counter' | 'gauge' | 'label';

/** What the catalogue knows of one statistic. Everything else (CSV headers, derivation, documentation) comes from it. */
export interface FieldSpec {
  /** Last part of the field's name: `reads` in `disk_sda_reads`. Empty where the group's name is the field's. */
  readonly stat: string;
  /** The kernel's own word for it. */
  readonly kernel: string;
  readonly unit: Unit;
  readonly kind: Kind;
  /** First kernel that has it; left out where it is older than 3.10. */
  readonly since?: string;
  /** Some or all kernels count it in 32 bits, so it may wrap at 2^32. */
  readonly wraps32?: true;
  /** One sentence for a person. */
  readonly about: string;
}

/** Fields that share the first part of their name and, where there is one, their device. */
export interface GroupSpec {
  readonly group: string;
  /**
   * How the device stands in the name: `none` (`mem_free`), `between` (`disk_sda_reads`), or `glued` to the group
   * (`cpu0_user`), which takes digits only.
   */
  readonly device: 'none' | 'between' | 'glued';
  readonly fields: readonly FieldSpec[];
  /** A file whose set of names grows with the kernel: describes a statistic that `fields` does not list. */
  readonly describe?: (stat: string) => FieldSpec;
  /** Statistics that divide the same time among them: derived as percentages of their sum, shown in this order. */
  readonly shares?: readonly string[];
  /** Counters of the same time that are already inside a share: given as percentages, never added again. */
  readonly sharesWithin?: readonly string[];
  /** Wide tables show this group after all the others, because it is many columns that few people read. */
  readonly isLast?: true;
}

/** One kernel file (or system call): what it gives and how its text is read. */
export interface Source {
  /** What people call it: `net/dev`. */
  readonly name: string;
  /** The name that raw collections give it: the file's path, or `statfs[*]`. */
  readonly subsystem: string;
  readonly groups: readonly GroupSpec[];
  /**
   * Text in, fields out; no I/O, no clock.
   * @throws ParseError when the text is not what the kernel prints
   */
  parse(text: string, subsystem: string): Fields;
  /** Set where one source answers for many subsystem names (`container/docker/0123456789ab`). */
  readonly isSubsystem?: (subsystem: string) => boolean;
  /**
   * Prepares reading on a live host, once a run; the function it returns reads once a tick.
   * A source without it is only read from collections.
   */
  readonly open?: (host: HostReader) => ReadSource;
}

/** @throws SourceError */
export type ReadSource = () => string | Promise<string | PartialText>;

/** A source of many parts (mounts), some of which could not be read: what could, and a sentence for each of the rest. */
export interface PartialText {
  readonly text: string;
  readonly problems: readonly string[];
}

/** The files of one host, below a root directory. */
export interface HostReader {
  readonly root: string;
  /** Whether this is the running host itself (`/`), not a capture or another mount namespace below a directory. */
  readonly isOwn: boolean;
  /**
   * Reads a whole kernel file, as UTF-8.
   * @param paths absolute path on that host; where several are given, the first that exists
   * @throws SourceError
   */
  readText(...paths: readonly string[]): string;
  /**
   * Names the entries of a directory, in no order.
   * @throws SourceError
   */
  list(path: string): string[];
  /**
   * Says where a symbolic link points, as it is written in the link.
   * @throws SourceError also where the path is no link, as in a capture of plain files
   */
  readLink(path: string): string;
}
