import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TlsFiles } from '@perfcollector/api/trickle';
import {
  type Log,
  readClientTls,
  secret,
  serverAddress,
  size,
  text,
  tlsOptions,
  UsageError,
  type Values,
} from '@perfcollector/cli';
import type { Header } from '@perfcollector/collection';
import type { Durability } from './durability.ts';
import type { Sink } from './sink.ts';

/** The options of trickle mode. */
export const trickleOptions = {
  server: serverAddress({
    flag: '--server <url>',
    env: 'PCC_SERVER',
    about: 'The pcd to send to, such as http://127.0.0.1:8080 or unix:/run/pcd/pcd.sock.',
  }),
  apiKey: secret({
    flag: '--apikey-file <path>',
    env: 'PCC_APIKEY',
    credential: 'pcc-apikey',
    about: 'The key to send with.',
  }),
  ...tlsOptions('PCC'),
  spool: text({
    flag: '--spool <dir>',
    env: 'PCC_SPOOL',
    about: 'Where samples wait that the server does not have yet; ~/.pcc/spool where it is not given.',
  }),
  spoolMax: size({
    flag: '--spool-max <size>',
    env: 'PCC_SPOOL_MAX',
    fallback: '512MiB',
    least: '64KiB',
    about: 'How much may wait there; beyond it the oldest samples go first.',
  }),
};

interface Destination {
  readonly server: string;
  readonly apiKey: string;
  readonly tls: TlsFiles;
}

/** Where samples go, and with what. @throws UserError where something is missing or cannot be read */
export function destinationOf(options: Values<typeof trickleOptions>): Destination {
  const { server, apiKey } = options;
  if (server === undefined)
    throw new UsageError('trickle mode needs a server', 'Set PCC_SERVER, such as http://127.0.0.1:8080.');
  if (apiKey === undefined)
    throw new UsageError(
      'trickle mode needs an API key',
      'Set PCC_APIKEY, or name a file with --apikey-file; pcc.service takes /etc/perfcollector/credentials/pcc-apikey.',
    );
  return { server, apiKey, tls: readClientTls(server, options) };
}

/** @throws UserError where something is missing or cannot be used */
export async function openTrickleSink(
  options: Values<typeof trickleOptions> & { readonly fsync: Durability },
  header: Header,
  log: Log,
): Promise<Sink> {
  const { server, apiKey, tls } = destinationOf(options);
  if (isReadable(server))
    log.warn(`${server} is no https address: on the way there, the API key can be read by others`);
  // Loaded only where it is used: local mode does without a connection.
  const [{ TrickleConnection }, { TrickleSink }] = await Promise.all([
    import('@perfcollector/api/trickle'),
    import('./trickle-sink.ts'),
  ]);
  const connect = () => new TrickleConnection({ server, apiKey, tls });
  connect().close(); // a wrong address or key is said before the spool is touched
  return TrickleSink.open({
    server,
    connect,
    directory: spoolDirectory(options),
    maxBytes: options.spoolMax,
    fsync: options.fsync,
    header,
    log,
  });
}

export function spoolDirectory({ spool }: Pick<Values<typeof trickleOptions>, 'spool'>): string {
  return resolve(spool ?? join(homedir(), '.pcc', 'spool'));
}

/** Whether what goes there crosses a network in plain text. */
export function isReadable(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
