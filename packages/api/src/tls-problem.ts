const UNTRUSTED = 'its certificate is signed by nobody who is trusted here';
const NO_TLS = 'what answers there does not speak TLS';

/** What the codes of OpenSSL and node:tls that people meet most mean to them. */
const MEANINGS = new Map(
  Object.entries({
    CERT_HAS_EXPIRED: 'its certificate has expired, or the clock here is wrong',
    CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock here is wrong',
    DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
    SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
    UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
    ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than that of the address',
    ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants to see a certificate of this machine',
    ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the certificate of this machine',
  }),
);

/** Why there is no secure connection, as a part of a sentence; undefined for what is no matter of TLS. */
export function tlsProblem({ code, message }: NodeJS.ErrnoException): string | undefined {
  // OpenSSL's verdicts on certificates have no prefix of their own.
  const isOfTls = /^ERR_(TLS|SSL|OSSL)|CERT|SIGNATURE|UNABLE_TO|_CA$|CRL|HOSTNAME_MISMATCH/.test(code ?? '');
  return isOfTls ? `${MEANINGS.get(code ?? '') ?? message.trim()} (${code})` : undefined;
}
