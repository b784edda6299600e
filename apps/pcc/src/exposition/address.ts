/** Where to listen. */
export interface ListenAddress {
  readonly text: string;
  /** Undefined for all addresses of this machine. */
  readonly host: string | undefined;
  readonly port: number;
  /** The host as a URL holds it. */
  readonly shownHost: string;
  readonly isLoopback: boolean;
}

/** Reads `127.0.0.1:9100`, `[::1]:9100`, `localhost:9100` or `:9100`. @throws Error with a sentence for the user */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535)
    throw new Error(`${JSON.stringify(text)} is no address to listen on; expected one such as 127.0.0.1:9100 or :9100`);
  const host = match[1] ?? (match[2] || undefined);
  const isLoopback = host === 'localhost' || host === '::1' || /^127\./.test(host ?? '');
  return { text, host, port, shownHost: match[1] ? `[${host}]` : (host ?? 'localhost'), isLoopback };
}
