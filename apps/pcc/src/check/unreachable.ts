import { ApiError } from '@perfcollector/api';
import { codeOf } from '@perfcollector/cli';
import { type Finding, failed, failure } from './finding.ts';

interface Reason {
  readonly message: string;
  readonly hint: string;
}

const NO_HTTP: Reason = {
  message: 'the connection is closed without an answer',
  hint: 'Where a server with a certificate answers there, use https://.',
};
const SILENT: Reason = {
  message: 'nothing answers in time',
  hint: 'Check the address, and the firewalls on the way.',
};

/** What codes of node:net and undici mean to a person. */
const REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: {
    message: 'nobody listens there',
    hint: 'Start pcd there, or check address and port.',
  },
  ECONNRESET: NO_HTTP,
  UND_ERR_SOCKET: NO_HTTP,
  EHOSTUNREACH: { message: 'there is no way to that host', hint: 'Check the network and its routes.' },
  ENETUNREACH: {
    message: 'there is no way to that network',
    hint: 'Check the network and its routes.',
  },
  ETIMEDOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
};

const TRUST = 'Name the authority that signed it with --ca or PCC_CA; pcc trusts public ones by itself.';
const CLOCK = 'Renew it on the server; where it is valid, set the clock of this machine.';
const PRESENT = 'Name a certificate of this machine with --cert and --key.';
const NO_HTTPS = 'Use http:// where the server has no certificate, or the address of its TLS proxy.';

/** What to do about the TLS problems that have a remedy of their own; for others, certificates are to be looked at. */
const TLS_HINTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: CLOCK,
  CERT_NOT_YET_VALID: CLOCK,
  ERR_TLS_CERT_ALTNAME_INVALID: 'Use a name in the address that the certificate holds.',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_HTTPS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_HTTPS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: PRESENT,
  UND_ERR_SOCKET: PRESENT,
  ECONNRESET: PRESENT,
};

/** Why no answer came. @throws what is no error for people */
export function unreachable(server: string, error: unknown): Finding {
  const code = (error instanceof ApiError && codeOf(error.cause)) || '';
  if (error instanceof ApiError && error.code === 'TLS') return failed('tls', error.message, TLS_HINTS[code] ?? TRUST);
  const reason = REASONS[code];
  if (!reason) return failure('server', error);
  return failed('server', `cannot reach ${server}: ${reason.message} (${code})`, reason.hint);
}
