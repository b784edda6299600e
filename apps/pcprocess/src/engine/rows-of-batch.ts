import { FieldRow, LineError, parseLine, RowScanner } from '@perfcollector/collection';
import { type Interval, intervalOf, type Moment, type Na, na } from '@perfcollector/derive';
import { type Batch, BatchLines, ENTRY, NONE, USE } from './batch.ts';
import { type TablePlan, type WorkedPlan, workOut } from './plan.ts';

/** What a batch held that the plan does not know. */
export interface Findings {
  /** Names of fields. */
  readonly names: readonly string[];
  /** Lines that are none. */
  readonly bad: readonly BadLine[];
}

export interface BadLine {
  readonly number: number;
  readonly problem: string;
}

/** A row that is worked out: where its numbers and recorded values are until the next one. */
export interface DerivedRow {
  readonly timestamp: number;
  readonly plan: WorkedPlan;
  readonly row: FieldRow;
}

/** What is known of the fields of machines that have the same ones: a thousand of them have it once in a thread. */
export class KnownFields {
  readonly plan: WorkedPlan | undefined;
  /** The slots of the fields; none where they go into no column. */
  readonly slots: ReadonlyMap<string, number>;
  /** Rows that nothing goes on from. */
  readonly free: FieldRow[] = [];

  /** @param plan undefined where only names are looked for */
  constructor(plan: TablePlan | undefined) {
    this.plan = plan && workOut(plan);
    const fields = new Map(plan?.fields.map((field) => [field, NONE]));
    this.slots = new Map([...fields, ...(this.plan?.derivation.slots ?? [])]);
  }
}

/** The samples of one machine, batch by batch, as one thread sees them. */
export class BatchReader {
  readonly #plan: WorkedPlan | undefined;
  readonly #names = new Set<string>();
  /** Names in the line that is being looked at, until it is known to be one. */
  #namesOfLine: string[] = [];
  readonly #slots: ReadonlyMap<string, number>;
  /** For lines whose fields' names count, and for those outside the time that is asked for. */
  readonly #scanner: RowScanner;
  readonly #scannerOutside: RowScanner;
  readonly #free: FieldRow[];
  #bad: BadLine[] = [];

  constructor({ plan, slots, free }: KnownFields) {
    this.#plan = plan;
    this.#slots = slots;
    this.#free = free;
    this.#scanner = new RowScanner((name) => this.#slotOf(name));
    this.#scannerOutside = new RowScanner((name) => this.#slots.get(name) ?? NONE);
  }

  /** Reads a batch; where there is a plan, each row is given to `use`. */
  read(batch: Batch, use: (row: DerivedRow, interval: Interval | Na) => void): void {
    const lines = new BatchLines(batch);
    const lastUse = lines.lastUses();
    const rows = new Map<number, FieldRow | undefined>();
    for (let index = 0; index < lines.count; index += 1) {
      const row = this.#row(lines, index);
      const before = lines.at(index, ENTRY.before);
      if (row && this.#plan && lines.at(index, ENTRY.use) === USE.row) {
        const baseRow = before === NONE ? undefined : rows.get(before);
        const interval = this.#interval(lines, { index, row, baseRow });
        this.#plan.derivation.derive(baseRow, row, interval);
        use({ timestamp: lines.at(index, ENTRY.timestamp), plan: this.#plan, row }, interval);
      }
      rows.set(index, row);
      this.#release(rows, { index, before, lastUse });
    }
  }

  /** What was found since the last time. */
  findings(): Findings {
    const findings = { names: [...this.#names], bad: this.#bad };
    this.#names.clear();
    this.#bad = [];
    return findings;
  }

  #slotOf(name: string): number {
    const slot = this.#slots.get(name);
    if (slot === undefined) this.#namesOfLine.push(name);
    return slot ?? NONE;
  }

  #row(lines: BatchLines, index: number): FieldRow | undefined {
    const row = this.#free.pop() ?? this.#plan?.derivation.row() ?? new FieldRow(0);
    const scanner = lines.at(index, ENTRY.use) < USE.names ? this.#scannerOutside : this.#scanner;
    const place = { start: lines.at(index, ENTRY.fieldsAt), end: lines.at(index, ENTRY.end) };
    this.#namesOfLine = [];
    if (!scanner.scan(lines.bytes, place, row) && !this.#fill(lines, index, row)) return undefined;
    for (const name of this.#namesOfLine) this.#names.add(name);
    return row;
  }

  /** The general way: whatever JSON allows. */
  #fill(lines: BatchLines, index: number, row: FieldRow): boolean {
    try {
      this.#namesOfLine = [];
      const line = parseLine(lines.text(index));
      if (line.kind !== 'sample') throw new LineError(`a ${line.kind} in the form of a sample`);
      if (lines.at(index, ENTRY.use) >= USE.names)
        for (const name of Object.keys(line.value.fields)) this.#slotOf(name);
      row.fill(line.value.fields, this.#plan?.derivation.slots ?? new Map());
      return true;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const isNew = lines.at(index, ENTRY.use) !== USE.base;
      if (isNew) this.#bad.push({ number: lines.at(index, ENTRY.number), problem: error.message });
      return false;
    }
  }

  #interval(lines: BatchLines, of: { index: number; row: FieldRow; baseRow: FieldRow | undefined }): Interval | Na {
    const before = lines.at(of.index, ENTRY.before);
    if (before === NONE || !of.baseRow) return na('first');
    const now = this.#moment(lines, of.index, of.row);
    return intervalOf(this.#moment(lines, before, of.baseRow), now, lines.run(of.index).facts);
  }

  #moment(lines: BatchLines, index: number, row: FieldRow): Moment {
    const seq = lines.at(index, ENTRY.seq);
    return {
      timestamp: lines.at(index, ENTRY.timestamp),
      run: lines.run(index).run,
      seq: seq === NONE ? undefined : seq,
      valueOf: (field) => row.get(this.#slots.get(field) ?? NONE),
    };
  }

  /** Rows are used again as soon as nothing goes on from them. */
  #release(
    rows: Map<number, FieldRow | undefined>,
    { index, before, lastUse }: { index: number; before: number; lastUse: Int32Array },
  ): void {
    for (const done of [before, index]) {
      if (done === NONE || (lastUse[done] as number) > index) continue;
      const row = rows.get(done);
      if (row) this.#free.push(row);
      rows.delete(done);
    }
  }
}
