import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its private key, as files in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A throw-away authority with certificates for 127.0.0.1 and for a client, made in the directory. */
export function makeCertificates(directory: string): { ca: Certificate; server: Certificate; client: Certificate } {
  const ca = filesOf(directory, 'ca');
  openssl('req', '-x509', ...newKey(ca), '-out', ca.cert, '-days', '2', '-subj', '/CN=test authority');
  return { ca, server: signed(directory, 'server', ca), client: signed(directory, 'client', ca) };
}

function signed(directory: string, name: string, ca: Certificate): Certificate {
  const files = filesOf(directory, name);
  const [request, extensions] = [join(directory, `${name}.csr`), join(directory, `${name}.ext`)];
  writeFileSync(extensions, 'subjectAltName = IP:127.0.0.1, DNS:localhost\n');
  openssl('req', ...newKey(files), '-out', request, '-subj', `/CN=${name}`);
  const by = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '2', '-extfile', extensions];
  openssl('x509', '-req', '-in', request, '-out', files.cert, ...by);
  return files;
}

function filesOf(directory: string, name: string): Certificate {
  return { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
}

function newKey({ key }: Certificate): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
