import { option, type Values } from '@perfcollector/cli';
import { inheritedSocket } from './activation.ts';
import { type Address, parseAddress } from './address.ts';
import { checkPrivacy, insecureHttp, type Privacy } from './plain-http.ts';
import { readServerTls, tlsOptions } from './tls.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

/** How pcd is reached. */
export const listenOptions = {
  listen: option({
    flag: '--listen <address>',
    env: ['PCD_LISTENADDRESS', 'LISTENADDRESS'],
    fallback: '127.0.0.1:8080',
    about:
      'Address and port to listen on (port 0 takes a free one), or a Unix socket: unix:/run/pcd/pcd.sock. A socket that systemd hands over goes before it.',
    parse: parseAddress,
  }),
  ...tlsOptions,
  insecureHttp,
  trustProxy: option({
    flag: '--trust-proxy <addresses>',
    env: 'PCD_TRUST_PROXY',
    isList: true,
    about:
      'Proxies whose X-Forwarded-For is believed, separated by commas: addresses, networks (10.0.0.0/8), loopback, or unix for who comes by a Unix socket.',
    parse: parseTrustedProxies,
  }),
};

export type ListenValues = Values<typeof listenOptions>;

/** How pcd will listen, checked as far as it can be before it does. */
export interface ListenPlan {
  readonly address: Address;
  readonly tls: ReturnType<typeof readServerTls>;
  readonly privacy: Privacy;
  readonly values: ListenValues;
}

/** @throws UsageError, UserError */
export function planListening(values: ListenValues, env: Readonly<Record<string, string | undefined>>): ListenPlan {
  const tls = readServerTls(values);
  const privacy = { isTls: tls !== undefined, insecureHttp: values.insecureHttp };
  const inherited = inheritedSocket(env);
  if (!inherited) checkPrivacy(values.listen, privacy);
  return { address: inherited ?? values.listen, tls, privacy, values };
}
