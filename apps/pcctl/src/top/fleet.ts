import { ApiError, type Client, type contract } from '@perfcollector/api';
import { type Readings, readingsOf, WANTED_FIELDS } from './readings.ts';

/** A line of the fleet's table. */
export interface Member extends Readings {
  readonly id: string;
  /** `live`, `late` or `gone`, by its own interval. */
  readonly state: contract.Machine['state'];
  /** Seconds since something of it came. */
  readonly age: number | null;
}

/** So many machines are asked for at once: a server answers others too. */
const AT_ONCE = 8;
/** Rates are of so many intervals of a machine, and of so many seconds at least. */
const INTERVALS = 3;
const LEAST_SECONDS = 30;
const USUAL_INTERVAL = 10;

type Known = Map<string, { readonly last: number | null; readonly readings: Readings }>;

/** The machines of a server as they are now. A machine of which nothing new has come is not asked for again. */
export class Fleet {
  readonly #client: Client;
  /** By machine: what was read, and up to which sample. */
  #known: Known = new Map();

  constructor(client: Client) {
    this.#client = client;
  }

  async read(): Promise<Member[]> {
    const [{ machines }, { timestamp: now }] = await Promise.all([
      this.#client.machines(),
      this.#client.ping(Date.now() / 1000 + 0.0001),
    ]);
    const known = new Map(this.#known);
    this.#known = new Map();
    const members: Member[] = [];
    for (let at = 0; at < machines.length; at += AT_ONCE) {
      const some = machines.slice(at, at + AT_ONCE);
      members.push(...(await Promise.all(some.map((machine) => this.#member(machine, known, now)))));
    }
    return members;
  }

  async #member(machine: contract.Machine, known: Known, now: number): Promise<Member> {
    const { id, last, seen, state } = machine;
    const before = known.get(id);
    const readings = before?.last === last ? before.readings : await this.#readings(machine);
    this.#known.set(id, { last, readings });
    const heard = seen ?? last;
    return { id, state, age: heard === null ? null : Math.max(0, now - heard), ...readings };
  }

  async #readings({ id, last, interval }: contract.Machine): Promise<Readings> {
    if (last === null) return readingsOf([]);
    const from = last - Math.max(INTERVALS * (interval ?? USUAL_INTERVAL), LEAST_SECONDS);
    const ask = (fields: readonly string[]) => this.#client.series(id, { fields, from, to: last, points: 1 });
    try {
      return readingsOf((await ask([...WANTED_FIELDS.few, ...WANTED_FIELDS.many])).series);
    } catch (error) {
      // A machine of hundreds of disks or interfaces has more series than one request may ask for; one may also just be deleted.
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) return readingsOf([]);
      if (error.status !== 400) throw error;
      return readingsOf((await ask(WANTED_FIELDS.few)).series);
    }
  }
}
