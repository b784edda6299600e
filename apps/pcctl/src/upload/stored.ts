import { ApiError, type Client, type contract } from '@perfcollector/api';
import type { SampleHead } from '@perfcollector/collection';

type IsStored = (head: SampleHead) => boolean;

const NOTHING: IsStored = () => false;

/** What a server has already, machine by machine; each is asked for once. A key that may only send cannot know. */
export class StoredSamples {
  readonly #client: Client;
  readonly #machines = new Map<string, Promise<IsStored>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** @throws ApiError where the server cannot be asked */
  async has(head: SampleHead): Promise<boolean> {
    const known = this.#machines.get(head.machineId) ?? this.#ask(head.machineId);
    this.#machines.set(head.machineId, known);
    return (await known)(head);
  }

  async #ask(machine: string): Promise<IsStored> {
    try {
      const { runs } = await this.#client.completeness(machine);
      const byRun = new Map(runs.map((run) => [run.run, run]));
      return ({ run, seq }) => isReceived(byRun.get(run), seq);
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) return NOTHING;
      throw error;
    }
  }
}

/** Behind the last of the missing ranges that are listed, where there are more, nothing is known. */
function isReceived(run: contract.RunCompleteness | undefined, seq: number): boolean {
  if (!run?.last || seq > run.last.seq) return false;
  const listed = run.missing.at(-1);
  if (run.missing_ranges > run.missing.length && listed && seq > listed.to) return false;
  return !run.missing.some(({ from, to }) => seq >= from && seq <= to);
}
