import { Earliest } from '../input/earliest.ts';

/** Items in the order of their time, and when they begin. */
interface Stream<T> {
  readonly first: number;
  readonly open: () => AsyncGenerator<T>;
}

interface Head<T> {
  readonly stream: AsyncGenerator<T>;
  readonly place: number;
  next: T;
}

/**
 * Makes one stream of many that are in order; of items of one time, those of earlier streams come first. A stream is opened
 * when its time has come.
 */
export async function* inOrder<T extends { readonly time: number }>(streams: readonly Stream<T>[]): AsyncGenerator<T> {
  const waiting = streams
    .map((stream, place) => ({ stream, place }))
    .toSorted((a, b) => a.stream.first - b.stream.first);
  const heads = new Earliest<Head<T>>(isBefore);
  let begun = 0;
  try {
    for (;;) {
      const next = waiting[begun];
      const { first: head } = heads;
      if (next && (!head || next.stream.first <= head.next.time)) {
        begun += 1;
        const stream = next.stream.open();
        const { done, value } = await stream.next();
        if (!done) heads.add({ stream, place: next.place, next: value });
      } else if (head) {
        yield head.next;
        const { done, value } = await head.stream.next();
        if (done) heads.removeFirst();
        else {
          head.next = value;
          heads.firstChanged();
        }
      } else return;
    }
  } finally {
    for (const { stream } of heads.all) await stream.return(undefined);
  }
}

function isBefore<T extends { readonly time: number }>(a: Head<T>, b: Head<T>): boolean {
  return a.next.time < b.next.time || (a.next.time === b.next.time && a.place < b.place);
}
