import type { KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemError, UsageError, UserError } from './errors.ts';
import { text, type Values } from './option.ts';

/** Certificates in PEM: what is trusted instead of the public authorities, and what this side shows of itself. */
interface TlsFiles {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** What a program that connects to an https server needs. @param prefix of its variables: `PCC` */
export function tlsOptions(prefix: string) {
  return {
    ca: text({
      flag: '--ca <file>',
      env: `${prefix}_CA`,
      about:
        'Certificates (PEM) of the authorities that an https server must be signed by, instead of the public ones.',
    }),
    cert: text({
      flag: '--cert <file>',
      env: `${prefix}_CERT`,
      about: 'The certificate (PEM) that this machine shows to an https server.',
    }),
    key: text({ flag: '--key <file>', env: `${prefix}_KEY`, about: 'The private key (PEM) of that certificate.' }),
  };
}

type Paths = Values<ReturnType<typeof tlsOptions>>;

/**
 * Reads the files of a TLS connection and checks them, for TLS itself is silent about certificates that are none.
 * @throws UserError, UsageError
 */
export function readTlsFiles(server: string, { ca, cert, key }: Paths): TlsFiles {
  if ((ca ?? cert ?? key) === undefined) return { ca: undefined, cert: undefined, key: undefined };
  if (!server.startsWith('https:'))
    throw new UsageError(`certificates are of no use for ${server}`, 'Name an https server, or leave them out.');
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('a certificate and its private key go together', 'Set both --cert and --key, or neither.');
  const files = {
    ca: ca === undefined ? undefined : readCertificate(ca),
    cert: cert === undefined ? undefined : readCertificate(cert),
    key: key === undefined ? undefined : readKey(key),
  };
  if (files.cert && files.key && !files.cert.certificate.checkPrivateKey(files.key.key))
    throw new UserError('BAD_KEY_FILE', `the private key in ${key} is not the one of the certificate in ${cert}`);
  return { ca: files.ca?.pem, cert: files.cert?.pem, key: files.key?.pem };
}

/** Loaded where there are certificates: it takes 8 ms and 1.1 MB. */
function crypto() {
  return process.getBuiltinModule('node:crypto');
}

function readCertificate(path: string): { pem: Buffer; certificate: X509Certificate } {
  const pem = read(path, 'certificate');
  try {
    return { pem, certificate: new (crypto().X509Certificate)(pem) };
  } catch (cause) {
    const hint = 'Expected a PEM file: -----BEGIN CERTIFICATE-----';
    throw new UserError('BAD_CERTIFICATE', `cannot use ${path}: there is no certificate in it`, { hint, cause });
  }
}

/** The message of a parser must not tell what is in the file. */
function readKey(path: string): { pem: Buffer; key: KeyObject } {
  const pem = read(path, 'private key');
  try {
    return { pem, key: crypto().createPrivateKey(pem) };
  } catch {
    const hint = 'Expected a PEM file without a pass phrase: -----BEGIN PRIVATE KEY-----';
    throw new UserError('BAD_KEY_FILE', `cannot use ${path}: there is no private key in it`, { hint });
  }
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw systemError(`read the ${what} ${path}`, error);
  }
}
