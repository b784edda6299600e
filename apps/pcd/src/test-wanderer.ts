/**
 * A machine that goes through time quickly: it sends the samples of an hour in a few requests, so that hours are sealed
 * while a test looks on, and now and then what it left out hours ago, so that what was sealed is opened again.
 */
const START = 1_700_000_000;
/** Seconds between two samples. */
const INTERVAL = 60;
const BATCH = 4;
/** Every so manieth sample is left out at first, and comes so many samples later. */
const [LEFT_OUT, LATER] = [7, 210];

/** Samples of one request, by their numbers. */
interface Batch {
  readonly numbers: readonly number[];
}

export class Wanderer {
  readonly name: string;
  /** The next that it takes. */
  next = 0;
  readonly acknowledged: number[] = [];
  /** What it has sent and not had an answer to. */
  underWay: Batch | undefined;

  constructor(name: string) {
    this.name = name;
  }
}

export function timestampOf(number: number): number {
  return START + number * INTERVAL;
}

/** The same number always gives the same line; the machine's run has all numbers. */
export function lineOf(number: number): string {
  const fields = { number, counter: number * 3, load: (number % 50) / 10, text: `sample ${number}` };
  return JSON.stringify({ timestamp: timestampOf(number), run: 'wandering', seq: number + 1, fields });
}

export function nextBatch(machine: Wanderer): Batch {
  const numbers: number[] = [];
  for (; numbers.length < BATCH; machine.next += 1) {
    const late = machine.next - LATER;
    if (late >= 0 && late % LEFT_OUT === 0) numbers.push(late);
    if (machine.next % LEFT_OUT !== 0) numbers.push(machine.next);
  }
  return { numbers };
}
