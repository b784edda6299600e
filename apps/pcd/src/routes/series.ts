import { contract } from '@perfcollector/api';
import { describeField } from '@perfcollector/procfs';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import type { AddRoutes } from './context.ts';
import { unknownMachine } from './machines.ts';

/** What is shown where no time is asked for, in seconds. */
const USUAL_RANGE = 86_400;

/** How fields of a machine went over time, in steps: what charts are drawn from. */
export const seriesRoutes: AddRoutes = (app, { store, now }) => {
  const schema = { params: contract.machineParams, querystring: contract.seriesQuery };
  app.get(
    '/v1/machines/:id/series',
    { schema, config: { scope: 'read' } },
    async (request): Promise<contract.SeriesReply> => {
      const { id } = request.params as z.infer<typeof contract.machineParams>;
      const { fields, points, ...asked } = request.query as z.infer<typeof contract.seriesQuery>;
      const to = asked.to ?? now();
      const from = asked.from ?? to - USUAL_RANGE;
      if (from > to) throw new HttpError(400, 'BAD_RANGE', `from (${from}) is after to (${to})`);
      const ref = { tenant: callerOf(request).tenant, machine: id };
      const found = (await store.series({ ...ref, fields, from, to, points })) ?? unknownMachine(ref);
      const series = found.series.map((one) => ({ ...one, unit: describeField(one.field)?.spec.unit ?? null }));
      return { ...found, id, from, to, series } as contract.SeriesReply;
    },
  );
};
