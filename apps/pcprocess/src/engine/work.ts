import { isNa } from '@perfcollector/derive';
import type { Batch } from './batch.ts';
import { DoubleTexts } from './double-texts.ts';
import { LongLines, Numbers, type RowForm, type RowOutput, WideLines } from './forms.ts';
import { type NaChanges, NaRecorder } from './na-changes.ts';
import type { TablePlan, WorkedPlan } from './plan.ts';
import { BatchReader, type Findings, KnownFields } from './rows-of-batch.ts';
import { TextBuffer } from './text-buffer.ts';

/** What a thread is given to do. */
export type Task =
  | { readonly kind: 'plan'; readonly plan: TablePlan }
  /** Rows, where there is a plan for its machine; else only the names of its fields are looked for. */
  | { readonly kind: 'batch'; readonly batch: Batch; readonly spare?: ArrayBuffer | undefined }
  | { readonly kind: 'forget'; readonly machine: string };

/** What became of a batch. */
export interface Worked {
  readonly findings: Findings;
  readonly made: Made | undefined;
  /** The batch's buffer, which may be used again: a new one for each keeps the garbage collector busy. */
  readonly spent: ArrayBuffer;
}

export interface Made {
  readonly output: RowOutput;
  readonly na: NaChanges;
}

/** Does the tasks of one thread, in the order in which they come. */
export class Work {
  readonly #machines = new Map<string, MachineWork>();
  readonly #workshop = new Workshop();

  plan(plan: TablePlan): void {
    this.#machines.set(plan.machine, new MachineWork(plan, this.#workshop));
  }

  forget(machine: string): void {
    this.#machines.delete(machine);
  }

  /** @param spare a buffer for the rows */
  batch(batch: Batch, spare?: ArrayBuffer): Worked {
    const work = this.#machines.get(batch.machine) ?? new MachineWork(undefined, this.#workshop);
    this.#machines.set(batch.machine, work);
    return work.do(batch, spare);
  }
}

/** What all machines of a thread share, for it is emptied after each batch, or the same for all. */
class Workshop {
  readonly #text = new TextBuffer(new DoubleTexts());
  readonly #numbers = new Numbers();
  readonly #known = new Map<string, KnownFields>();

  fieldsOf(plan: TablePlan | undefined): KnownFields {
    const key = plan ? JSON.stringify([plan.fields, plan.choice, plan.timeZone]) : '';
    const known = this.#known.get(key) ?? new KnownFields(plan);
    this.#known.set(key, known);
    return known;
  }

  formOf(plan: TablePlan, worked: WorkedPlan): RowForm {
    if (plan.form === 'wide') return new WideLines(plan, worked, this.#text);
    return plan.form === 'long' ? new LongLines(plan, worked, this.#text) : this.#numbers;
  }
}

class MachineWork {
  readonly #reader: BatchReader;
  readonly #form: RowForm | undefined;
  readonly #reasons: NaRecorder | undefined;

  constructor(plan: TablePlan | undefined, workshop: Workshop) {
    const fields = workshop.fieldsOf(plan);
    this.#reader = new BatchReader(fields);
    const worked = fields.plan;
    this.#form = plan && worked && workshop.formOf(plan, worked);
    this.#reasons = worked && new NaRecorder(worked.columns.length);
  }

  do(batch: Batch, spare: ArrayBuffer | undefined): Worked {
    this.#reader.read(batch, (row, interval) => {
      const { derivation, indexes } = row.plan;
      this.#reasons?.add(row.timestamp, { reasons: derivation.reasons, indexes }, !isNa(interval) && interval.isGap);
      this.#form?.add(row, isNa(interval) ? Number.NaN : interval.seconds);
    });
    const findings = this.#reader.findings();
    const spent = batch.bytes.buffer;
    if (!this.#form || !this.#reasons) return { findings, made: undefined, spent };
    return { findings, made: { output: this.#form.take(spare), na: this.#reasons.take() }, spent };
  }
}

/** What goes to another thread without being copied. */
export function transferables({ made, spent }: Worked): ArrayBuffer[] {
  if (!made) return [spent];
  const { output, na } = made;
  const own = output.kind === 'text' ? [output.bytes] : [output.numbers, output.reasons, output.seconds];
  return [
    spent,
    ...own.map(({ buffer }) => buffer),
    na.timestamps.buffer,
    na.first.buffer,
    na.changes.buffer,
    na.gaps.buffer,
  ];
}
