import type { Server, ServerOptions } from 'node:https';
import { readTlsFiles, text, UsageError, UserError, type Values } from '@perfcollector/cli';

export const tlsOptions = {
  tlsCert: text({
    flag: '--tls-cert <file>',
    env: 'PCD_TLS_CERT',
    about: 'Serve https, with this certificate (PEM, its chain behind it); SIGHUP reads it again.',
  }),
  tlsKey: text({ flag: '--tls-key <file>', env: 'PCD_TLS_KEY', about: 'The private key (PEM) of that certificate.' }),
  clientCa: text({
    flag: '--tls-client-ca <file>',
    env: 'PCD_TLS_CLIENT_CA',
    about: 'Let nobody in, whatever the request, without a certificate that one of these authorities (PEM) signed.',
  }),
};

type TlsValues = Values<typeof tlsOptions>;

/** A client that never ends its handshake is let go. */
const HANDSHAKE_MS = 10_000;

/**
 * What an https server is made with; undefined where pcd serves plain HTTP.
 * @throws UsageError, UserError where the files cannot be used
 */
export function readServerTls({ tlsCert: cert, tlsKey: key, clientCa: ca }: TlsValues): ServerOptions | undefined {
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(
      'a certificate and its private key go together',
      'Set both --tls-cert and --tls-key, or neither.',
    );
  if (ca !== undefined && cert === undefined)
    throw new UsageError('only an https server can ask for certificates', 'Set --tls-cert and --tls-key too.');
  if (cert === undefined) return undefined;
  const files = Object.fromEntries(Object.entries(readTlsFiles({ ca, cert, key })).filter(([, file]) => file));
  const asksClients = ca !== undefined && { requestCert: true, rejectUnauthorized: true };
  return { ...files, ...asksClients, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS };
}

/**
 * Reads the files again, for the connections to come; those that stand go on.
 * @throws UserError where the new files cannot be used: the old ones stay
 */
export function reloadTls(server: Server, values: TlsValues): void {
  const options = readServerTls(values);
  if (!options) return;
  try {
    server.setSecureContext(options);
  } catch (cause) {
    throw new UserError('BAD_CERTIFICATE', `cannot use ${values.tlsCert}: ${(cause as Error).message}`, { cause });
  }
}
