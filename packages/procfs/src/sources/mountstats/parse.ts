import { FieldKey } from '../../scan/field-key.ts';
import { digitsEnd, type FieldSink, isCutOff, latin1 } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, countColumns, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { ageFields, byteFields, operationFields, operationStats, operations, transportFields } from './fields.ts';

const EXPECTED = '"READ: <counts>", "bytes: <counts>" or "age: <seconds>"';
const [COLON, LOWER_D, LOWER_N] = [0x3a, 0x64, 0x6e];

/** A mount whose lines follow. */
interface Mount {
  readonly point: string;
  /** By the word that a line begins with. */
  readonly columns: ReadonlyMap<string, readonly FieldKey[]>;
  readonly transport: readonly FieldKey[];
}

/**
 * Where sends stand behind the protocol's name; received ones, those without a request, the requests in use and the
 * backlog follow. net/sunrpc/xprtsock.c, xs_tcp_print_stats() and its neighbours.
 */
const SENDS: Readonly<Record<string, number>> = { udp: 3, local: 5, tcp: 6, rdma: 6 };

/**
 * Scans /proc/<pid>/mountstats into `nfsmount_<mount point>_<stat>` fields; mounts of other file systems are passed over.
 * Where one lies over another, the first of that mount point stands.
 * @throws ParseError when a known line of an NFS mount has a column that is no count
 */
export function mountstatsScanner(): Scan {
  const mounts = new WordMemo(mountOf);
  const words = new WordMemo((word) => word);
  const points = new Set<string>();
  const sums = new TransportSums();
  return (text, end, sink) => {
    let [mountPlace, wordPlace] = [0, 0];
    let mount: Mount | undefined;
    points.clear();
    for (let start = 0, stop = 0; start < end; start = stop + 1) {
      stop = lineEnd(text, start, end);
      if (text[start] === LOWER_D || text[start] === LOWER_N) {
        sums.put(mount, sink);
        mount = mounts.at(mountPlace++, text, start, stop);
        if (mount && points.has(mount.point)) mount = undefined;
        if (mount) points.add(mount.point);
      } else if (mount) {
        const word = skipBlanks(text, start);
        const after = wordEnd(text, word);
        if (text[after - 1] !== COLON) continue;
        const name = words.at(wordPlace++, text, word, after - 1);
        const keys = mount.columns.get(name);
        if (name === 'xprt') sums.add(text, after);
        else if (keys && countColumns(sink, keys, text, after) < 0)
          throw badLine('mountstats', { text, at: start, end, expected: EXPECTED });
      }
    }
    sums.put(mount, sink);
    mounts.keepFirst(mountPlace);
    words.keepFirst(wordPlace);
  };
}

export const parseMountstats = parserOf(mountstatsScanner);

/** `device nas:/home mounted on /home/nfs with fstype nfs4 statvers=1.1` */
function mountOf(line: string): Mount | undefined {
  const escaped = /^device \S+ mounted on (\S+) with fstype nfs4? statvers=/.exec(line)?.[1];
  if (escaped === undefined) return undefined;
  const point = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const keys = (fields: readonly { stat: string }[]) =>
    fields.map(({ stat }) => new FieldKey(`nfsmount_${point}_${stat}`));
  const perOperation = operations.map((operation, at) => {
    const first = at * operationStats.length;
    return [operation, keys(operationFields.slice(first, first + operationStats.length))] as const;
  });
  const columns = new Map([['age', keys(ageFields)], ['bytes', keys(byteFields)], ...perOperation]);
  return { point, columns, transport: keys(transportFields) };
}

/** The transports of one mount, one line each, added up. */
class TransportSums {
  readonly #sums = [0, 0, 0, 0];
  #lines = 0;
  readonly #protocols = new WordMemo((word) => SENDS[word]);

  /** @param at behind `xprt:`; a line of another shape, of an unknown protocol or cut off, is not taken */
  add(text: Uint8Array, at: number): void {
    const protocol = skipBlanks(text, at);
    const sends = this.#protocols.at(0, text, protocol, wordEnd(text, protocol));
    let column = skipBlanks(text, wordEnd(text, protocol));
    const values = [];
    for (let number = 1; sends !== undefined && number <= sends + 4; number += 1) {
      const end = digitsEnd(text, column);
      if (end === column || !isWordEnd(text, end) || isCutOff(text, end)) return;
      // Behind sends, received ones and those without a request stand the requests in use, which are left.
      if (number >= sends && number !== sends + 3) values.push(Number(latin1(text, column, end)));
      column = skipBlanks(text, end);
    }
    for (const [index, value] of values.entries()) this.#sums[index] = (this.#sums[index] as number) + value;
    this.#lines += Math.min(values.length, 1);
  }

  /** Puts the sums of the mount that ends here, and begins anew. */
  put(mount: Mount | undefined, sink: FieldSink): void {
    for (const [index, key] of (this.#lines > 0 && mount ? mount.transport : []).entries())
      sink.number(key, BigInt(this.#sums[index] as number));
    this.#sums.fill(0);
    this.#lines = 0;
  }
}
