import { command, describeVersion } from '@perfcollector/cli';
import { serverOptions, withServer } from '../connect.ts';

export const version = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, (client) => client.version()),
  print: ({ name, version: number, api, ...build }) => `${name} ${describeVersion(number, build)}, API ${api}\n`,
});

/** Fails where the server cannot store or read samples now; needs no key, so that supervisors can ask. */
export const health = command({
  options: serverOptions,
  run: (options, { io }) =>
    withServer(options, io, async (client) => ({ server: client.server, ...(await client.health()) })),
  print: ({ server }) => `${server} stores and reads\n`,
});

/** The description of the server's requests, for programs that make clients and documents of it. */
export const openapi = command({
  options: serverOptions,
  run: (options, { io }) => withServer(options, io, (client) => client.openapi()),
  print: (document) => `${JSON.stringify(document, null, 2)}\n`,
});
