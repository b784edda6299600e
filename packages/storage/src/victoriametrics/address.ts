import { unescape as decode } from 'node:querystring'; // unlike decodeURIComponent it takes any text

/** Where one part of the engine answers. */
export interface Endpoint {
  /** Without a slash at its end, and without credentials. */
  readonly url: string;
  /** The header of that name, where the address held a user and a password. */
  readonly authorization: string | undefined;
}

export interface Address {
  readonly write: Endpoint;
  readonly read: Endpoint;
}

const SCHEME = 'victoriametrics+';
const EXAMPLE = 'victoriametrics+http://127.0.0.1:8428';

export function isVictoriaMetricsAddress(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** @throws Error with a sentence that holds no credentials */
export function checkVictoriaMetricsAddress(text: string): void {
  parseAddress(text);
}

/**
 * `victoriametrics+http://host:8428`, or a cluster's two with a comma between them: where samples go (vminsert) and where
 * questions go (vmselect), each with its tenant's path.
 * @throws Error with a sentence that holds no credentials
 */
export function parseAddress(text: string): Address {
  const [write, read = write, ...more] = text.slice(SCHEME.length).split(',').map(parseEndpoint);
  if (!isVictoriaMetricsAddress(text) || !write || !read || more.length > 0) {
    throw new Error(`the address of VictoriaMetrics is not as expected; expected one or two, such as ${EXAMPLE}`);
  }
  return { write, read };
}

function parseEndpoint(text: string): Endpoint {
  if (!URL.canParse(text)) throw new Error(`the address of VictoriaMetrics is no URL; expected one such as ${EXAMPLE}`);
  const { protocol, host, pathname, username, password, search, hash } = new URL(text);
  if (!['http:', 'https:'].includes(protocol) || search || hash) {
    throw new Error(`the address of VictoriaMetrics at ${host} is not as expected; expected one such as ${EXAMPLE}`);
  }
  const credentials = `${decode(username)}:${decode(password)}`;
  return {
    url: `${protocol}//${host}${pathname.replace(/\/+$/, '')}`,
    authorization: credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}
