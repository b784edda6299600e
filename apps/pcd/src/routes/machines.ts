import { Readable } from 'node:stream';
import { contract } from '@perfcollector/api';
import type { MachineRef, MachineSummary, TimeRange } from '@perfcollector/storage';
import { type Called, callerOf } from '../authenticate.ts';
import { HttpError, unknownMachine } from '../http-error.ts';
import { isForMachine } from '../keys/machine-pattern.ts';
import { stateOf } from '../liveness.ts';
import type { AddRoutes } from './context.ts';

/** The machines that have sent something, and their collections, and what of them is missing. */
export const machineRoutes: AddRoutes = (app, { store, audit, now }) => {
  const read = { scope: 'read', errors: ['NO_MACHINE'] } as const;
  const one = { params: contract.machineParams };

  const withState = <T extends MachineSummary>(machine: T) => ({ ...machine, state: stateOf(machine, now()) });

  app.get(
    '/v1/machines',
    {
      config: { scope: 'read', checksMachines: true, about: 'Lists the machines that have sent something.' },
      schema: { response: { 200: contract.machineList } },
    },
    async (request) => {
      const caller = callerOf(request);
      const machines = await store.machines(caller.tenant);
      return { machines: machines.filter(({ id }) => isForMachine(caller, id)).map(withState) };
    },
  );

  app.get(
    '/v1/machines/:id',
    {
      config: { ...read, about: 'A machine, with the header of its newest run.' },
      schema: { ...one, response: { 200: contract.machineDetails } },
    },
    async (request) => {
      const ref = refOf(request);
      return withState((await store.machine(ref)) ?? unknown(ref));
    },
  );

  app.delete(
    '/v1/machines/:id',
    {
      config: { scope: 'admin', errors: ['NO_MACHINE'], about: 'Deletes a machine with all its samples.' },
      schema: { ...one, response: { 200: contract.machineDeleted } },
    },
    async (request) => {
      const ref = refOf(request);
      const found = (await store.machine(ref)) ?? unknown(ref);
      await audit.write(request, 'machines.delete', { target: ref.machine, detail: { samples: found.samples } });
      const samples = (await store.deleteMachine(ref)) ?? unknown(ref);
      return { id: ref.machine, samples };
    },
  );

  const ranged = { ...read, errors: ['NO_MACHINE', 'BAD_RANGE'] } as const;
  const range = { ...one, querystring: contract.rangeQuery };
  app.get(
    '/v1/machines/:id/collection',
    {
      config: { ...ranged, about: 'The samples of a machine as a collection, streamed.' },
      schema: {
        ...range,
        response: { 200: { content: { [contract.COLLECTION_TYPE]: { schema: contract.collectionLines } } } },
      },
    },
    async (request, reply) => {
      const [ref, time] = [refOf(request), rangeOf(request)];
      if (!(await store.machine(ref))) unknown(ref);
      reply.type(contract.COLLECTION_TYPE);
      return reply.send(Readable.from(store.collection(ref, time)));
    },
  );

  app.get(
    '/v1/machines/:id/completeness',
    {
      config: { ...ranged, about: 'Which samples of a machine are missing, run by run.' },
      schema: { ...range, response: { 200: contract.completeness } },
    },
    async (request) => {
      const [ref, time] = [refOf(request), rangeOf(request)];
      return (await store.completeness(ref, time)) ?? unknown(ref);
    },
  );
};

function refOf(request: Called & { readonly params: { readonly id: string } }): MachineRef {
  return { tenant: callerOf(request).tenant, machine: request.params.id };
}

function rangeOf({ query: { from, to } }: { readonly query: TimeRange }): TimeRange {
  if (from !== undefined && to !== undefined && from > to) {
    throw new HttpError(400, 'BAD_RANGE', `from (${from}) is after to (${to})`);
  }
  return { from, to };
}

function unknown({ machine }: MachineRef): never {
  throw unknownMachine(machine);
}
