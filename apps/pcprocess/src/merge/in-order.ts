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
  const heap: Head<T>[] = [];
  let begun = 0;
  try {
    for (;;) {
      const next = waiting[begun];
      const [head] = heap;
      if (next && (!head || next.stream.first <= head.next.time)) {
        begun += 1;
        const stream = next.stream.open();
        const { done, value } = await stream.next();
        if (!done) push(heap, { stream, place: next.place, next: value });
      } else if (head) {
        yield head.next;
        const { done, value } = await head.stream.next();
        if (done) removeFirst(heap);
        else {
          head.next = value;
          sink(heap);
        }
      } else return;
    }
  } finally {
    for (const { stream } of heap) await stream.return(undefined);
  }
}

function isBefore<T extends { readonly time: number }>(a: Head<T>, b: Head<T>): boolean {
  return a.next.time < b.next.time || (a.next.time === b.next.time && a.place < b.place);
}

function push<T extends { readonly time: number }>(heap: Head<T>[], head: Head<T>): void {
  heap.push(head);
  for (let at = heap.length - 1; at > 0; ) {
    const above = (at - 1) >> 1;
    if (!swapIfBefore(heap, at, above)) return;
    at = above;
  }
}

function removeFirst<T extends { readonly time: number }>(heap: Head<T>[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  sink(heap);
}

/** Brings the first one, whose time has changed, to its place. */
function sink<T extends { readonly time: number }>(heap: Head<T>[]): void {
  for (let at = 0; ; ) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (!left) return;
    const below = right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
    if (!swapIfBefore(heap, below, at)) return;
    at = below;
  }
}

function swapIfBefore<T extends { readonly time: number }>(heap: Head<T>[], at: number, above: number): boolean {
  const [lower, upper] = [heap[at], heap[above]];
  if (!lower || !upper || !isBefore(lower, upper)) return false;
  heap[above] = lower;
  heap[at] = upper;
  return true;
}
