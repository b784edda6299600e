import type { KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemError, UsageError, UserError } from './errors.ts';
import { text } from './option.ts';

/** Where the certificates and the private key of one side of a TLS connection are, in PEM. */
interface TlsPaths {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** What is in these files. */
interface TlsContents {
  readonly ca?: Buffer | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

/** The options of a program that is the client of an https server. */
export function tlsOptions(prefix: 'PCC' | 'PCCTL') {
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

/** Reads the files of a client. @throws UserError, UsageError */
export function readClientTls(server: string, { ca, cert, key }: TlsPaths): TlsContents {
  if ((ca ?? cert ?? key) === undefined) return {};
  if (!server.startsWith('https:'))
    throw new UsageError(`certificates are of no use for ${server}`, 'Name an https server, or leave them out.');
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('a certificate and its private key go together', 'Set both --cert and --key, or neither.');
  return readTlsFiles({ ca, cert, key });
}

/**
 * Reads the files of a TLS connection and checks them, for TLS itself is silent about certificates that are none.
 * @throws UserError
 */
export function readTlsFiles({ ca, cert, key }: TlsPaths): TlsContents {
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
