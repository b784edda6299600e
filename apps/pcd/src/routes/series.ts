import { contract } from '@perfcollector/api';
import { describeField } from '@perfcollector/procfs';
import { callerOf } from '../authenticate.ts';
import { HttpError, unknownMachine } from '../http-error.ts';
import type { AddRoutes } from './context.ts';

/** What is shown where no time is asked for, in seconds. */
const USUAL_RANGE = 86_400;

/** How fields of a machine went over time, in steps: what charts are drawn from. */
export const seriesRoutes: AddRoutes = (app, { store, now }) => {
  const about = 'How fields of a machine went over time, in steps of equal length; the last day if nothing is said.';
  app.get(
    '/v1/machines/:id/series',
    {
      config: { scope: 'read', about, errors: ['NO_MACHINE', 'BAD_RANGE', 'TOO_MANY_FIELDS'] },
      schema: {
        params: contract.machineParams,
        querystring: contract.seriesQuery,
        response: { 200: contract.seriesReply },
      },
    },
    async (request) => {
      const { fields, points, ...asked } = request.query;
      const to = asked.to ?? now();
      const from = asked.from ?? Math.max(0, to - USUAL_RANGE);
      if (from > to) throw new HttpError(400, 'BAD_RANGE', `from (${from}) is after to (${to})`);
      const { tenant } = callerOf(request);
      const { id } = request.params;
      const found = await store.series({ tenant, machine: id, fields, from, to, points });
      if (!found) throw unknownMachine(id);
      const series = found.series.map((one) => ({ ...one, unit: describeField(one.field)?.spec.unit ?? null }));
      return { ...found, id, from, to, series };
    },
  );
};
