import type { Header } from '@perfcollector/collection';
import type { NaReason, PairCounts, Step } from '@perfcollector/derive';
import type { ProcessorDetails } from '@perfcollector/procfs';

/** A column as `datapackage.json` describes it (Frictionless Table Schema, with members of ours behind it). */
export interface FieldDescription {
  /** The heading, as it stands in the file. */
  readonly name: string;
  readonly type: 'number' | 'integer' | 'string' | 'datetime' | 'any';
  readonly unit?: string;
  readonly kind?: 'counter' | 'gauge' | 'label';
  readonly derivation?: 'value' | 'rate' | 'share';
  readonly description?: string;
  /** Of a longer interval: what the number is made of those in it. */
  readonly statistic?: string;
  /** The field of the collection that it comes from, whole and in its parts. */
  readonly field?: string;
  readonly group?: string;
  readonly device?: string;
  readonly metric?: string;
}

/** A file that was written. */
export interface TableFile {
  /** Within the output directory. */
  readonly path: string;
  readonly machine: string;
  readonly rows: number;
  /** Cells without a value. */
  readonly na: number;
  /** None of a file that is no table. */
  readonly fields: readonly FieldDescription[];
  /** What stands in cells without a value; NA where it is not told. */
  readonly missing?: string;
}

/** What was written for one machine. */
export interface WrittenMachine extends PairCounts {
  readonly machine: string;
  readonly files: readonly TableFile[];
  readonly rows: number;
  readonly columns: number;
  /** Rows whose rates are means over missed ticks. */
  readonly gaps: number;
}

/** A sample with the one before it, and what is known of its host. */
export interface MachineStep extends Step {
  /** Of its run; lines of perfcollector2 have none. */
  readonly header: Header | undefined;
  /** What perfcollector2 recorded of the processors by then. */
  readonly processors?: ProcessorDetails | undefined;
}

/** What a layout is given for one machine. */
export interface MachineSetup {
  readonly machine: string;
  /** The output directory. */
  readonly directory: string;
  /** Whether tables of other machines come into the same directory. */
  readonly isOneOfMany: boolean;
  /** Takes note of a cell without a value, row by row; what follows on becomes one line of `quality.csv`. */
  readonly noteNa: (cell: NaCell) => void;
  /** Where a file of this name may be written, within the output directory. @throws UserError where one is in its way */
  readonly claim: (name: string) => string;
}

export interface NaCell {
  /** The file, within the output directory. */
  readonly table: string;
  /** Empty where a whole row was left out. */
  readonly column: string;
  /** Whose cell or row it is, where a table has rows of several devices. */
  readonly device?: string;
  readonly timestamp: number;
  readonly reason: NaReason;
}

/** The tables of one machine in the making, from its samples in the order of time. */
export interface MachineTables {
  /** A layout that has it must see every step, in order, before the first `add`. */
  survey?(step: MachineStep): void;
  add(step: MachineStep): Promise<void>;
  /** Ends the files and gives them their names. @throws UserError where they cannot be written */
  finish(): Promise<readonly TableFile[]>;
  /** Gives up: nothing stays. */
  discard(): void;
}
