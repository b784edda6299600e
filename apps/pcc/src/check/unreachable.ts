import { ApiError } from '@perfcollector/api';
import { codeOf } from '@perfcollector/cli';
import { type Finding, failed, failure } from './finding.ts';

interface Reason {
  readonly check: 'server' | 'tls';
  readonly message: string;
  readonly hint: string;
}

const TRUST = 'Name the authority that signed it with --ca or PCC_CA; pcc trusts public ones by itself.';
const UNTRUSTED: Reason = { check: 'tls', message: 'its certificate is signed by nobody whom pcc trusts', hint: TRUST };
const NO_HTTPS: Reason = {
  check: 'tls',
  message: 'what answers there does not speak TLS',
  hint: 'Use http:// where the server is pcd itself, or the address of its TLS proxy.',
};
const NO_HTTP: Reason = {
  check: 'server',
  message: 'the connection is closed without an answer',
  hint: 'Where a TLS proxy answers there, use https://.',
};
const SILENT: Reason = {
  check: 'server',
  message: 'nothing answers in time',
  hint: 'Check the address, and the firewalls on the way.',
};

/** What codes of node:net, OpenSSL and undici mean to a person. */
const REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: {
    check: 'server',
    message: 'nobody listens there',
    hint: 'Start pcd there, or check address and port.',
  },
  ECONNRESET: NO_HTTP,
  UND_ERR_SOCKET: NO_HTTP,
  EHOSTUNREACH: { check: 'server', message: 'there is no way to that host', hint: 'Check the network and its routes.' },
  ENETUNREACH: {
    check: 'server',
    message: 'there is no way to that network',
    hint: 'Check the network and its routes.',
  },
  ETIMEDOUT: SILENT,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  CERT_HAS_EXPIRED: {
    check: 'tls',
    message: 'its certificate has expired',
    hint: 'Renew it on the server; where it is valid, set the clock of this machine.',
  },
  CERT_NOT_YET_VALID: {
    check: 'tls',
    message: 'its certificate is not valid yet',
    hint: 'Set the clock of this machine, or look when the certificate begins.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    check: 'tls',
    message: 'its certificate is for another name',
    hint: 'Use a name in the address that the certificate holds.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: NO_HTTPS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_HTTPS,
  EPROTO: NO_HTTPS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: {
    check: 'tls',
    message: 'it wants to see a certificate of this machine',
    hint: 'Name it with --cert and --key.',
  },
};

/** Why no answer came. @throws what is no error for people */
export function unreachable(server: string, error: unknown): Finding {
  const cause = error instanceof ApiError ? error.cause : undefined;
  const reason = REASONS[codeOf(cause) ?? ''];
  if (!reason) return failure('server', error);
  return failed(reason.check, `cannot reach ${server}: ${reason.message} (${codeOf(cause)})`, reason.hint);
}
