import { expect, test } from 'vitest';
import { tlsProblem } from './tls-problem.ts';

function errorOf(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error('as OpenSSL says it\n'), { code });
}

test.each([
  ['CERT_HAS_EXPIRED', 'its certificate has expired, or the clock here is wrong (CERT_HAS_EXPIRED)'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet, or the clock here is wrong (CERT_NOT_YET_VALID)'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is signed by nobody who is trusted here (SELF_SIGNED_CERT_IN_CHAIN)'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'what answers there does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)'],
  ['ERR_SSL_SOMETHING_ELSE', 'as OpenSSL says it (ERR_SSL_SOMETHING_ELSE)'],
])('%s is told in words', (code, words) => {
  expect(tlsProblem(errorOf(code))).toBe(words);
});

test.each(['ECONNREFUSED', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'ENOENT'])('%s is no matter of TLS', (code) => {
  expect(tlsProblem(errorOf(code))).toBeUndefined();
});
