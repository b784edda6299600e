import { entries, readWord } from '../../host/read.ts';
import { digitsEnd } from '../../scan/field-sink.ts';
import type { HostReader } from '../../types.ts';

const COLON = 0x3a;
/** Minor numbers have 20 bits: include/linux/kdev_t.h. */
const MINORS = 2 ** 20;

/** `8:16` at a place of a text as one number; -1 where there is none. */
export function deviceAt(text: Uint8Array, at: number): number {
  const colon = digitsEnd(text, at);
  const end = digitsEnd(text, colon + 1);
  if (colon === at || text[colon] !== COLON || end === colon + 1) return -1;
  return digits(text, at, colon) * MINORS + digits(text, colon + 1, end);
}

function digits(text: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + (text[at] as number) - 0x30;
  return value;
}

/** Which block devices stand on which: dm and md on disks. */
export class BlockStack {
  readonly #host: HostReader;
  readonly #holders = new Map<number, readonly number[]>();

  constructor(host: HostReader) {
    this.#host = host;
  }

  /** The devices that stand on a disk or on a partition of it; none where the host does not tell. */
  holdersOf(device: number): readonly number[] {
    const known = this.#holders.get(device);
    if (known) return known;
    const found = this.#find(`/sys/dev/block/${Math.floor(device / MINORS)}:${device % MINORS}`);
    this.#holders.set(device, found);
    return found;
  }

  /** Devices come and go. */
  forget(): void {
    this.#holders.clear();
  }

  #find(path: string): number[] {
    const host = this.#host;
    const disk = /^DEVNAME=(.*)$/m.exec(readWord(host, `${path}/uevent`) ?? '')?.[1]?.replaceAll('/', '!');
    const partitions = disk === undefined ? [] : entries(host, path).filter((name) => name.startsWith(disk));
    return ['', ...partitions.map((name) => `/${name}`)].flatMap((part) =>
      entries(host, `${path}${part}/holders`).flatMap((holder) => {
        const number = readWord(host, `${path}${part}/holders/${holder}/dev`);
        const device = number === undefined ? -1 : deviceAt(Buffer.from(`${number}\0`), 0);
        return device < 0 ? [] : [device];
      }),
    );
  }
}
