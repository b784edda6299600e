import { contract } from '@perfcollector/api';
import { checkLine, LineError } from '@perfcollector/collection';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { Intake } from '../intake.ts';
import type { AddRoutes } from './context.ts';

/** What agents send, a few samples at a time. */
export const trickleRoutes: AddRoutes = (app, { store, now }) => {
  const schema = { body: contract.trickleRequest };
  app.post('/v1/trickle', { schema, config: { scope: 'ingest' } }, async (request) => {
    const { identifier, measurements } = request.body as z.infer<typeof contract.trickleRequest>;
    const intake = new Intake({ tenant: callerOf(request).tenant, machine: identifier }, now());
    const refused = measurements.flatMap((measurement, at) => {
      const problem = tryAdd(intake, measurement);
      return problem === undefined ? [] : [`measurement ${at + 1} of ${measurements.length}: ${problem}`];
    });
    await intake.flush(store);
    if (refused.length > 0) throw refusal(refused, measurements.length);
    return {};
  });
};

function tryAdd(intake: Intake, measurement: unknown): string | undefined {
  try {
    intake.add(checkLine(measurement));
    return undefined;
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return error.message;
  }
}

/** Good measurements are stored although others of the same request are not: bad input never loses good data. */
function refusal(refused: readonly string[], sent: number): HttpError {
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  const rest = sent > refused.length ? `; the other ${sent - refused.length} are stored` : '';
  const isClock = refused.every((problem) => problem.includes('its timestamp'));
  return new HttpError(400, isClock ? 'BAD_TIMESTAMP' : 'BAD_MEASUREMENT', `${refused[0]}${more}${rest}`);
}
