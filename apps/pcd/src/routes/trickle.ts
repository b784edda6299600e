import { contract } from '@perfcollector/api';
import { checkLine, LineError } from '@perfcollector/collection';
import { isPacked, type ScannedRequest, Shapes, scanSamples } from '@perfcollector/storage';
import type { FastifyRequest, RequestPayload } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { codeOf, Intake } from '../intake.ts';
import { parseJsonBody } from '../json-body.ts';
import { isForMachine, otherMachine } from '../keys/machine-pattern.ts';
import { heldBody } from '../limits/held-body.ts';
import type { AddRoutes } from './context.ts';

/** What agents send, a few samples at a time. */
export const trickleRoutes: AddRoutes = (parent, context) => {
  parent.register(async (app) => {
    const shapes = new Shapes();
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: RequestPayload) => {
      const body = await heldBody(request, payload);
      return usualRequest(scanSamples(body, shapes, callerOf(request).tenant)) ?? parseJsonBody(body);
    });
    addTrickle(app, context);
  });
};

/** Samples that were packed as they came pass for measurements. */
function usualRequest(scanned: ScannedRequest | undefined): z.infer<typeof contract.trickleRequest> | undefined {
  return scanned && { identifier: scanned.identifier, measurements: [...scanned.samples] };
}

const addTrickle: AddRoutes = (app, context) => {
  const options = {
    config: {
      scope: 'ingest',
      checksMachines: true,
      about: 'Stores lines of one machine; they are on the disk when the answer comes.',
      errors: ['BAD_TIMESTAMP', 'BAD_MEASUREMENT', 'OTHER_MACHINE'],
    },
    schema: { body: contract.trickleRequest, response: { 200: contract.trickleReply } },
  } as const;
  app.post('/v1/trickle', options, async (request) => {
    const { identifier, measurements } = request.body;
    const caller = callerOf(request);
    if (!isForMachine(caller, identifier)) throw new HttpError(403, 'OTHER_MACHINE', otherMachine(caller, identifier));
    const intake = new Intake({ tenant: caller.tenant, machine: identifier }, context.now());
    const refused = measurements.flatMap((measurement, at) => {
      const error = tryAdd(intake, measurement);
      return error ? [{ place: `measurement ${at + 1} of ${measurements.length}`, error }] : [];
    });
    for (const { error } of refused) context.traffic.reject(codeOf(error));
    await intake.flush(context);
    if (refused.length > 0) throw refusal(refused, measurements.length);
    return {};
  });
};

interface Refused {
  readonly place: string;
  readonly error: LineError;
}

function tryAdd(intake: Intake, measurement: unknown): LineError | undefined {
  try {
    if (isPacked(measurement)) intake.addPacked(measurement);
    else intake.add(checkLine(measurement));
    return undefined;
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return error;
  }
}

/** Good measurements are stored although others of the same request are not: bad input never loses good data. */
function refusal(refused: readonly Refused[], sent: number): HttpError {
  const [first] = refused;
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  const rest = sent > refused.length ? `; the other ${sent - refused.length} are stored` : '';
  const code = refused.every(({ error }) => codeOf(error) === 'BAD_TIMESTAMP') ? 'BAD_TIMESTAMP' : 'BAD_MEASUREMENT';
  return new HttpError(400, code, `${first?.place}: ${first?.error.message}${more}${rest}`);
}
