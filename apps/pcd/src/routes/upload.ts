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
import { type AppendResult, StoreError } from '@perfcollector/storage';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../authenticate.ts';
import { fromStore, HttpError } from '../http-error.ts';
import { codeOf, Intake } from '../intake.ts';
import type { Caller } from '../keys/key-ring.ts';
import { isForMachine, otherMachine } from '../keys/machine-pattern.ts';
import { watchCollection } from '../limits/collection-limits.ts';
import { streamedBody } from '../limits/content-encoding.ts';
import type { AddRoutes, App, RouteContext } from './context.ts';

/** What is stored in one commit: bounds the memory of an upload of any size. */
const COMMIT_LINES = 200;
const COMMIT_BYTES = 4 * 1024 * 1024;
/** How many problems are told one by one. */
const MOST_PROBLEMS = 10;

type StoredEntry = Exclude<Entry, { readonly kind: 'facts' }>;

/** Whole collections, as files hold them, of any size. */
export const uploadRoutes: AddRoutes = (parent, context) => {
  parent.register(async (plain) => {
    const app: App = plain.withTypeProvider();
    // The body is read as a stream, whatever type it says it is of: its own first bytes tell.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    const options = {
      config: {
        scope: 'ingest',
        checksMachines: true,
        about: 'Stores a whole collection, packed or not, of any size.',
        errors: ['BAD_COLLECTION'],
        takes: 'application/octet-stream',
      },
      schema: { querystring: contract.uploadQuery, response: { 200: contract.uploadReply } },
      bodyLimit: Number.MAX_SAFE_INTEGER,
    } as const;
    app.post('/v1/upload', options, async (request) => {
      if (!request.body) throw new HttpError(400, 'BAD_REQUEST', 'the request has no body; expected a collection');
      const upload = new Upload(context, { caller: callerOf(request), identifier: request.query.identifier });
      request.ticket?.grow(COMMIT_BYTES);
      await upload.readAll(request, request.body as Readable);
      return upload.finish();
    });
  });
};

interface Sender {
  readonly caller: Caller;
  /** Whose lines these are where they do not say it. */
  readonly identifier: string | undefined;
}

/** One collection on its way into the store, perhaps of many machines. */
class Upload {
  readonly #context: RouteContext;
  readonly #who: Sender;
  readonly #damage: Damage = noDamage();
  /** Those that hold lines which are not stored yet. */
  readonly #intakes = new Map<string, Intake>();
  /** About how many bytes they hold. */
  #waitingBytes = 0;
  readonly #machines = new Set<string>();
  readonly #runs = new Runs();
  readonly #refused: string[] = [];
  #refusedCount = 0;
  #accepted = 0;
  #samples = 0;
  #stored = 0;
  #duplicates = 0;

  constructor(context: RouteContext, who: Sender) {
    this.#context = context;
    this.#who = who;
  }

  /** @throws HttpError where the store did not take it; what it took before stays */
  async readAll(request: FastifyRequest, body: Readable): Promise<void> {
    const watch = watchCollection();
    const bytes = streamedBody(request, body, watch.sent);
    let lines = 0;
    for await (const entry of readCollection(bytes, this.#damage, watch.unpacked)) {
      if (entry.kind === 'facts') continue; // the store keeps what changes
      watch.found();
      this.#add(entry);
      lines += 1;
      if (lines % COMMIT_LINES === 0 || this.#waitingBytes > COMMIT_BYTES) await this.#flush();
    }
    await this.#flush();
  }

  /** @throws HttpError where nothing at all could be taken over */
  finish(): contract.UploadReply {
    const problems = [...this.#refused, ...damageSentences(this.#damage)];
    const untold = this.#refusedCount - this.#refused.length;
    if (untold > 0) problems.push(`${untold} more lines were refused`);
    if (this.#accepted === 0) {
      const why = problems[0] ?? 'it holds none';
      throw new HttpError(400, 'BAD_COLLECTION', `no sample of this collection could be stored: ${why}`);
    }
    const counts = { samples: this.#samples, stored: this.#stored, duplicates: this.#duplicates };
    return { machines: [...this.#machines], ...counts, problems };
  }

  #add(entry: StoredEntry): void {
    if (entry.kind === 'sample') this.#samples += 1;
    try {
      this.#waitingBytes += this.#intakeFor(entry).add(entry);
      if (entry.kind !== 'header') this.#accepted += 1;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#refusedCount += 1;
      this.#context.traffic.reject(codeOf(error));
      if (this.#refused.length < MOST_PROBLEMS) this.#refused.push(`${entry.kind} ${this.#samples}: ${error.message}`);
    }
  }

  #intakeFor(entry: StoredEntry): Intake {
    this.#runs.add(entry);
    const machine = this.#runs.machineOf(entry) ?? this.#who.identifier;
    if (machine === undefined) {
      throw new LineError(
        'the collection does not say which machine it is of; say it with ?identifier=… (pcctl upload --identifier …)',
      );
    }
    const { caller } = this.#who;
    if (!isForMachine(caller, machine)) throw new LineError(otherMachine(caller, machine));
    const intake = this.#intakes.get(machine) ?? new Intake({ tenant: caller.tenant, machine }, this.#context.now());
    this.#intakes.set(machine, intake);
    this.#machines.add(machine);
    return intake;
  }

  async #flush(): Promise<void> {
    const intakes = [...this.#intakes.values()];
    this.#intakes.clear();
    this.#waitingBytes = 0;
    // All at once, so that they share a commit.
    for (const { stored, duplicates } of await Promise.all(intakes.map((intake) => this.#store(intake)))) {
      this.#stored += stored;
      this.#duplicates += duplicates;
    }
  }

  async #store(intake: Intake): Promise<AppendResult> {
    try {
      return await intake.flush(this.#context);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const known = this.#stored + this.#duplicates;
      throw fromStore(
        error.code,
        known > 0 ? `${known} of its samples are stored, the rest is not` : 'nothing of this was stored',
      );
    }
  }
}
