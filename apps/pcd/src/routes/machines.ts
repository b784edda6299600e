import { Readable } from 'node:stream';
import { contract } from '@perfcollector/api';
import type { MachineRef, MachineSummary, TimeRange } from '@perfcollector/storage';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError, unknownMachine } from '../http-error.ts';
import { isForMachine } from '../keys/machine-pattern.ts';
import { stateOf } from '../liveness.ts';
import type { AddRoutes } from './context.ts';

/** The machines that have sent something, and their collections, and what of them is missing. */
export const machineRoutes: AddRoutes = (app, { store, audit, now }) => {
  const read = { config: { scope: 'read' } } as const;
  const one = { schema: { params: contract.machineParams } };

  const withState = <T extends MachineSummary>(machine: T) => ({ ...machine, state: stateOf(machine, now()) });

  app.get('/v1/machines', { config: { scope: 'read', checksMachines: true } }, async (request) => {
    const caller = callerOf(request);
    const machines = await store.machines(caller.tenant);
    return { machines: machines.filter(({ id }) => isForMachine(caller, id)).map(withState) };
  });

  app.get('/v1/machines/:id', { ...read, ...one }, async (request) => {
    const ref = refOf(request);
    return withState((await store.machine(ref)) ?? unknown(ref));
  });

  app.delete('/v1/machines/:id', { ...one, config: { scope: 'admin' } }, async (request) => {
    const ref = refOf(request);
    const found = (await store.machine(ref)) ?? unknown(ref);
    await audit.write(request, 'machines.delete', { target: ref.machine, detail: { samples: found.samples } });
    const samples = (await store.deleteMachine(ref)) ?? unknown(ref);
    return { id: ref.machine, samples };
  });

  const range = { schema: { ...one.schema, querystring: contract.rangeQuery } };
  app.get('/v1/machines/:id/collection', { ...read, ...range }, async (request, reply) => {
    const [ref, time] = [refOf(request), rangeOf(request)];
    if (!(await store.machine(ref))) unknown(ref);
    reply.type('application/x-ndjson');
    return reply.send(Readable.from(store.collection(ref, time)));
  });

  app.get('/v1/machines/:id/completeness', { ...read, ...range }, async (request) => {
    const [ref, time] = [refOf(request), rangeOf(request)];
    return (await store.completeness(ref, time)) ?? unknown(ref);
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

function unknown({ machine }: MachineRef): never {
  throw unknownMachine(machine);
}
