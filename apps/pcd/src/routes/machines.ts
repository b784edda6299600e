import { Readable } from 'node:stream';
import { contract } from '@perfcollector/api';
import type { MachineRef, TimeRange } from '@perfcollector/storage';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import type { AddRoutes } from './context.ts';

/** The machines that have sent something, and their collections, and what of them is missing. */
export const machineRoutes: AddRoutes = (app, { store }) => {
  const read = { config: { scope: 'read' } } as const;
  const one = { schema: { params: contract.machineParams } };

  app.get('/v1/machines', read, async (request) => ({ machines: await store.machines(callerOf(request).tenant) }));

  app.get('/v1/machines/:id', { ...read, ...one }, async (request) => {
    const ref = refOf(request);
    return (await store.machine(ref)) ?? unknownMachine(ref);
  });

  app.delete('/v1/machines/:id', { ...one, config: { scope: 'admin' } }, async (request) => {
    const ref = refOf(request);
    const samples = (await store.deleteMachine(ref)) ?? unknownMachine(ref);
    return { id: ref.machine, samples };
  });

  const range = { schema: { ...one.schema, querystring: contract.rangeQuery } };
  app.get('/v1/machines/:id/collection', { ...read, ...range }, async (request, reply) => {
    const [ref, time] = [refOf(request), rangeOf(request)];
    if (!(await store.machine(ref))) unknownMachine(ref);
    reply.type('application/x-ndjson');
    return reply.send(Readable.from(store.collection(ref, time)));
  });

  app.get('/v1/machines/:id/completeness', { ...read, ...range }, async (request) => {
    const [ref, time] = [refOf(request), rangeOf(request)];
    return (await store.completeness(ref, time)) ?? unknownMachine(ref);
  });
};

function refOf(request: FastifyRequest): MachineRef {
  return { tenant: callerOf(request).tenant, machine: (request.params as z.infer<typeof contract.machineParams>).id };
}

function rangeOf(request: FastifyRequest): TimeRange {
  const { from, to } = request.query as z.infer<typeof contract.rangeQuery>;
  if (from !== undefined && to !== undefined && from > to) {
    throw new HttpError(400, 'BAD_RANGE', `from (${from}) is after to (${to})`);
  }
  return { from, to };
}

/** @throws HttpError always */
export function unknownMachine({ machine }: MachineRef): never {
  throw new HttpError(404, 'NO_MACHINE', `there is no machine ${JSON.stringify(machine)}; see the list of machines`);
}
