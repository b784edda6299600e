import type { Io, Values } from '@perfcollector/cli';
import { type serverOptions, withServer } from './connect.ts';

/** Which machine; a shell completes it with those that the server has. */
export const machineArgument = {
  name: '<machine>',
  about: 'Its identifier, as `pcctl machines list` shows it.',
  suggest: (options: Values<typeof serverOptions>, io: Io) =>
    withServer(options, io, async (client) => (await client.machines()).machines.map(({ id }) => id)),
};
