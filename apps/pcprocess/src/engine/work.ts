import { isNa } from '@perfcollector/derive';
import type { Batch } from './batch.ts';
import { DoubleTexts } from './double-texts.ts';
import { LongLines, Numbers, type RowForm, type RowOutput, WideLines } from './forms.ts';
import { type NaChanges, NaRecorder } from './na-changes.ts';
import type { TablePlan, WorkedPlan } from './plan.ts';
import { BatchReader, type Findings } from './rows-of-batch.ts';

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
  readonly #doubles = new DoubleTexts();

  plan(plan: TablePlan): void {
    this.#machines.set(plan.machine, new MachineWork(plan, this.#doubles));
  }

  forget(machine: string): void {
    this.#machines.delete(machine);
  }

  /** @param spare a buffer for the rows */
  batch(batch: Batch, spare?: ArrayBuffer): Worked {
    const work = this.#machines.get(batch.machine) ?? new MachineWork(undefined, this.#doubles);
    this.#machines.set(batch.machine, work);
    return work.do(batch, spare);
  }
}

class MachineWork {
  readonly #reader: BatchReader;
  readonly #form: RowForm | undefined;
  readonly #reasons: NaRecorder | undefined;

  constructor(plan: TablePlan | undefined, doubles: DoubleTexts) {
    this.#reader = new BatchReader(plan);
    const worked = this.#reader.plan;
    this.#form = plan && worked && formOf(plan, worked, doubles);
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

function formOf(plan: TablePlan, worked: WorkedPlan, doubles: DoubleTexts): RowForm {
  if (plan.form === 'wide') return new WideLines(plan, worked, doubles);
  return plan.form === 'long' ? new LongLines(plan, worked, doubles) : new Numbers();
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
