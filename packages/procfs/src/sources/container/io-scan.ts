import { digitsEnd, type FieldSink, latin1 } from '../../scan/field-sink.ts';
import { isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { type BlockStack, deviceAt } from './block-stack.ts';
import { type GroupScan, type Keys, slotOf } from './slots.ts';

const [R, W, B, I, EQUALS] = [0x72, 0x77, 0x62, 0x69, 0x3d];
const [READ, WRITE] = [0x52, 0x57];
/** Ninety devices with so many digits are below 2^53 together. */
const SAFE_DIGITS = 14;

/**
 * Sums over devices. A write to a logical volume is charged to the group at the volume and again at the disk below it:
 * so a device is left out where one that stands on it is listed too. What was done to that disk past the volume is lost
 * to the sum then; counted twice it would be worse. Where the host does not tell what stands on what, all are summed.
 */
class Sums {
  readonly #stack: BlockStack;
  readonly #small: number[] = [];
  readonly #large: bigint[] = [];

  constructor(stack: BlockStack) {
    this.#stack = stack;
  }

  begin(): void {
    this.#small.fill(0, 0, 4);
    this.#large.fill(0n, 0, 4);
  }

  isCounted(device: number, text: Uint8Array, end: number): boolean {
    const holders = this.#stack.holdersOf(device);
    return holders.length === 0 || !holders.some((holder) => lists(text, end, holder));
  }

  add(which: number, text: Uint8Array, at: number): void {
    const end = digitsEnd(text, at);
    if (end === at) return;
    const isLarge = end - at > SAFE_DIGITS;
    if (isLarge) this.#large[which] = (this.#large[which] ?? 0n) + BigInt(latin1(text, at, end));
    else this.#small[which] = (this.#small[which] ?? 0) + digitsOf(text, at, end);
  }

  put(sink: FieldSink, keys: Keys, slot: number, which: number): void {
    const [key, small, large] = [keys[slot], this.#small[which] ?? 0, this.#large[which] ?? 0n];
    if (key) sink.number(key, large === 0n && Number.isSafeInteger(small) ? small : large + BigInt(small));
  }
}

function digitsOf(text: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + (text[at] as number) - 0x30;
  return value;
}

function lists(text: Uint8Array, end: number, device: number): boolean {
  for (let start = 0; start < end; start = lineEnd(text, start, end) + 1)
    if (deviceAt(text, start) === device) return true;
  return false;
}

/**
 * io.stat: `8:0 rbytes=… wbytes=… rios=… wios=… dbytes=… dios=…`. A device that did nothing may have its number alone,
 * and some kernels let the next one follow on the same line.
 */
export function ioStatScan(stack: BlockStack): GroupScan {
  const sums = new Sums(stack);
  const slots = ['io_read_bytes', 'io_write_bytes', 'io_read_ops', 'io_write_ops'].map(slotOf);
  return (text, end, sink, keys) => {
    sums.begin();
    let isCounted = true;
    for (let at = 0; at < end; at = wordEnd(text, at)) {
      while (at < end && isWordEnd(text, at)) at += 1;
      const device = deviceAt(text, at);
      if (device >= 0) isCounted = sums.isCounted(device, text, end);
      else if (isCounted) addWord(sums, text, at);
    }
    for (let which = 0; which < 4; which += 1) sums.put(sink, keys, slots[which] as number, which);
  };
}

/** `rbytes=1`, `wbytes=`, `rios=`, `wios=`: known by their first two letters, which no other word of the file has. */
function addWord(sums: Sums, text: Uint8Array, at: number): void {
  const way = text[at] === R ? 0 : text[at] === W ? 1 : -1;
  const what = text[at + 1] === B ? 0 : text[at + 1] === I ? 2 : -1;
  if (way < 0 || what < 0) return;
  let equals = at;
  while (!isWordEnd(text, equals) && text[equals] !== EQUALS) equals += 1;
  sums.add(what + way, text, equals + 1);
}

/** blkio.throttle.io_service_bytes and io_serviced: `8:0 Read 4096`, also Write, Sync, Async, Discard, Total; `Total 4096`. */
export function blkioScan(stack: BlockStack, readStat: string, writeStat: string): GroupScan {
  const sums = new Sums(stack);
  const [readSlot, writeSlot] = [slotOf(readStat), slotOf(writeStat)];
  return (text, end, sink, keys) => {
    sums.begin();
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const word = skipBlanks(text, wordEnd(text, start));
      const which = text[word] === READ ? 0 : text[word] === WRITE ? 1 : -1;
      const device = which < 0 ? -1 : deviceAt(text, start);
      if (device < 0 || !sums.isCounted(device, text, end)) continue;
      sums.add(which, text, skipBlanks(text, wordEnd(text, word)));
    }
    sums.put(sink, keys, readSlot, 0);
    sums.put(sink, keys, writeSlot, 1);
  };
}
