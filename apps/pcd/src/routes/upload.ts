import type { Readable } from 'node:stream';
import { contract } from '@perfcollector/api';
import {
  type Damage,
  damageSentences,
  type Entry,
  LineError,
  noDamage,
  Runs,
  readCollection,
} from '@perfcollector/collection';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { Intake } from '../intake.ts';
import type { AddRoutes, RouteContext } from './context.ts';

/** Samples stored in one commit: bounds the memory of an upload of any size. */
const COMMIT_SAMPLES = 200;
/** How many problems are told one by one. */
const MOST_PROBLEMS = 10;

/** Whole collections, as files hold them, of any size. */
export const uploadRoutes: AddRoutes = (parent, context) => {
  parent.register(async (app) => {
    // The body is read as a stream, whatever type it says it is of: its own first bytes tell.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    const options = {
      schema: { querystring: contract.uploadQuery },
      config: { scope: 'ingest' },
      bodyLimit: Number.MAX_SAFE_INTEGER,
    } as const;
    app.post('/v1/upload', options, async (request): Promise<contract.UploadReply> => {
      if (!request.body) throw new HttpError(400, 'BAD_REQUEST', 'the request has no body; expected a collection');
      const query = request.query as z.infer<typeof contract.uploadQuery>;
      const upload = new Upload(context, { tenant: callerOf(request).tenant, identifier: query.identifier });
      await upload.readAll(request.body as Readable);
      return upload.finish();
    });
  });
};

/** One collection on its way into the store, perhaps of many machines. */
class Upload {
  readonly #context: RouteContext;
  readonly #who: { tenant: string; identifier: string | undefined };
  readonly #damage: Damage = noDamage();
  readonly #intakes = new Map<string, Intake>();
  readonly #runs = new Runs();
  readonly #refused: string[] = [];
  #refusedCount = 0;
  #samples = 0;
  #stored = 0;
  #duplicates = 0;

  constructor(context: RouteContext, who: { tenant: string; identifier: string | undefined }) {
    this.#context = context;
    this.#who = who;
  }

  async readAll(bytes: Readable): Promise<void> {
    let waiting = 0;
    for await (const entry of readCollection(bytes, this.#damage)) {
      if (entry.kind === 'sample') this.#samples += 1;
      this.#add(entry);
      waiting += 1;
      if (waiting >= COMMIT_SAMPLES) {
        await this.#flush();
        waiting = 0;
      }
    }
    await this.#flush();
  }

  /** @throws HttpError where nothing at all could be taken over */
  finish(): contract.UploadReply {
    const problems = [...this.#refused, ...damageSentences(this.#damage)];
    if (this.#refusedCount > this.#refused.length)
      problems.push(`${this.#refusedCount - this.#refused.length} more samples were refused`);
    if (this.#stored + this.#duplicates === 0) {
      const why = problems[0] ?? 'it holds no sample';
      throw new HttpError(400, 'BAD_COLLECTION', `nothing of this collection could be stored: ${why}`);
    }
    return {
      machines: [...this.#intakes.keys()],
      samples: this.#samples,
      stored: this.#stored,
      duplicates: this.#duplicates,
      problems,
    };
  }

  #add(entry: Entry): void {
    try {
      this.#intakeFor(entry).add(entry);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#refusedCount += 1;
      if (this.#refused.length < MOST_PROBLEMS) this.#refused.push(`${entry.kind} ${this.#samples}: ${error.message}`);
    }
  }

  #intakeFor(entry: Entry): Intake {
    this.#runs.add(entry);
    const machine = this.#runs.machineOf(entry) ?? this.#who.identifier;
    if (machine === undefined) {
      throw new LineError(
        'the collection does not say which machine it is of; say it with ?identifier=… (pcctl upload --identifier …)',
      );
    }
    const intake = this.#intakes.get(machine) ?? new Intake({ tenant: this.#who.tenant, machine }, this.#context.now());
    this.#intakes.set(machine, intake);
    return intake;
  }

  async #flush(): Promise<void> {
    for (const intake of this.#intakes.values()) {
      const { stored, duplicates } = await intake.flush(this.#context.store);
      this.#stored += stored;
      this.#duplicates += duplicates;
    }
  }
}
