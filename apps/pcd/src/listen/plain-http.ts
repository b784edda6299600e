import { toggle, UsageError } from '@perfcollector/cli';
import { hostInUrl, isLoopback, type NamedAddress } from './address.ts';

export const insecureHttp = toggle({
  flag: '--insecure-http',
  env: 'PCD_INSECURE_HTTP',
  about:
    'Serve plain HTTP to other machines too: where a TLS proxy stands before pcd, or nobody else is on the network.',
});

/** Whether what is said there is kept from others. */
export interface Privacy {
  readonly isTls: boolean;
  readonly insecureHttp: boolean;
}

/** @throws UsageError where keys and samples would cross a network in plain text though nobody said that they may */
export function checkPrivacy(address: NamedAddress, { isTls, insecureHttp }: Privacy): void {
  if (address.kind === 'unix') {
    if (!isTls) return;
    throw new UsageError('a Unix socket is served without TLS', 'Leave the certificates out, or listen on a port.');
  }
  if (isTls || insecureHttp || isLoopback(address.host)) return;
  throw new UsageError(
    `pcd does not serve plain HTTP on ${hostInUrl(address.host)}, for other machines reach it there and keys could be read on the way`,
    'Give it a certificate (--tls-cert, --tls-key), or --insecure-http where a TLS proxy stands before it.',
  );
}
