/**
 * The words every other file uses: a field's value, what the catalogue says of a field, and what a source is.
 */
import type { FieldSink } from './scan/field-sink.ts';
import type { ProcessorDetails } from './sources/cpuinfo/details.ts';

/**
 * A value as the kernel printed it: a number, or a string: a label (a name, an image), or a decimal number above
 * 2^53-1, which a JavaScript number would round.
 */
export type FieldValue = number | string;

/** The fields of one sample: flat, keyed by field name. A field that the kernel does not offer has no key. */
export type Fields = Record<string, FieldValue>;

export type Unit =
  | 'bits'
  | 'bytes'
  | 'KiB'
  | 'KiB/s'
  | 'RPM'
  | 'blocks'
  | 'count'
  | 'jiffies'
  | 'kHz'
  | 'mA'
  | 'mV'
  | 'millicelsius'
  | 'millipercent'
  | 'minutes'
  | 'ms'
  | 'ns'
  | 'pages'
  | 'percent'
  | 'sectors'
  | 'seconds'
  | 'text'
  | 'ticks'
  | 'uJ'
  | 'uW'
  | 'us'
  | 'words';

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

/** One kernel file, directory of files or system call: what it gives and how its text is read. */
export interface Source {
  /** What people call it: `net/dev`. */
  readonly name: string;
  /** The name that raw collections give it: the file's path, or `statfs[*]`. For many files, their directory. */
  readonly subsystem: string;
  /** Read only when it is asked for: it costs much, or few want it. */
  readonly isOptional?: true;
  readonly groups: readonly GroupSpec[];
  /**
   * Text in, fields out; no I/O, no clock. A source of many files has none: raw collections do not hold them.
   * @throws ParseError when the text is not what the kernel prints
   */
  readonly parse?: (text: string, subsystem: string) => Fields;
  /**
   * Writes the text that `parse` reads anew, from fields of this source alone; what cannot stand in it is left out. Those
   * sources have it that perfcollector2 records and whose fields say all that it reads of them.
   */
  readonly rebuild?: (fields: Fields) => readonly RawText[];
  /**
   * What the text of a kernel file tells that holds facts and no fields.
   * @throws ParseError when the text is not what the kernel prints
   */
  readonly facts?: (text: string) => ProcessorDetails;
  /** Set where one source answers for many subsystem names (`container/docker/0123456789ab`). */
  readonly isSubsystem?: (subsystem: string) => boolean;
  /**
   * Prepares reading on a live host, once a run. A source without it is only read from collections.
   */
  readonly open?: (host: HostReader, settings: SamplingSettings) => OpenSource;
}

/** What a person chose for a run of the agent. */
export interface SamplingSettings {
  /** Kinds of devices and mounts that are left out unless they are named here. */
  readonly include: ReadonlySet<Noise>;
  /** systemd slices, services and other control groups too, not containers alone. */
  readonly cgroups: boolean;
  /** How many processes of each ranking; 0 for none. */
  readonly top: number;
  /** Whole command lines of processes. */
  readonly cmdline: boolean;
}

/** Devices and mounts that tell little and are many. */
export const NOISE = ['loop', 'ram', 'zram', 'veth', 'overlay', 'tmpfs', 'squashfs'] as const;
export type Noise = (typeof NOISE)[number];

/** A source on a live host; its files stay open from tick to tick. */
export interface OpenSource {
  /**
   * Reads once and puts the fields into the sink. What was put there before an error is taken back by the caller.
   * @param report takes a sentence for a part (a mount, a zone) that could not be read while the rest could
   * @throws SourceError, ParseError
   */
  sample(sink: FieldSink, report: (problem: string) => void): void | Promise<void>;
  /** The text as perfcollector2 records it; only the sources that it knows have this. @throws SourceError */
  rawTexts?(): readonly RawText[] | Promise<readonly RawText[]>;
  close(): void;
}

export interface RawText {
  readonly subsystem: string;
  readonly text: string;
}

/** The files of one host, below a root directory. Paths are absolute on that host. */
export interface HostReader {
  readonly root: string;
  /** Whether this is the running host itself (`/`), not a capture or another mount namespace below a directory. */
  readonly isOwn: boolean;
  /** How many bytes its kernel files have given since they were opened. */
  readonly bytesRead: number;
  /**
   * Reads a whole file once, as UTF-8.
   * @param paths where several are given, the first that exists
   * @throws SourceError
   */
  readText(...paths: readonly string[]): string;
  /** Reads a file's first bytes once, as UTF-8. @throws SourceError */
  readStart(path: string, most: number): string;
  /** The names in a directory, sorted. @throws SourceError */
  list(path: string): string[];
  /** The directories in a directory, sorted; cheap where there are none. @throws SourceError */
  directories(path: string): string[];
  /** Where a symbolic link leads, as it is written in it. @throws SourceError */
  readLink(path: string): string;
  /** A file to be read tick after tick; of several paths the first that exists. Nothing happens before its first read. */
  open(...paths: readonly string[]): KernelFile;
}

/**
 * How the kernel prints a file. `one record` (single_open, sysfs, sysctl, control groups): all of it in one piece, as far as
 * the reader has room. `short lines`: pieces of lines, each shorter than 1 KiB.
 */
export type FileShape = 'one record' | 'short lines';

/** A kernel file that stays open: reading it again is one system call and no look-up of its path. */
export interface KernelFile {
  /** What the last read gave, a NUL behind it; any other read of this host's files overwrites it. */
  readonly bytes: Uint8Array;
  /**
   * Reads the whole file.
   * @param shape what the kernel is known to print there, which may tell the end without one more read
   * @returns the number of bytes
   * @throws SourceError; the next read opens it anew
   */
  read(shape?: FileShape): number;
  close(): void;
}
