/** Where a server is reached. */
export type NamedAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Where pcd is to listen: there, or on a socket that systemd opened and handed over. */
export type Address = NamedAddress | { readonly kind: 'inherited'; readonly fd: number };

/** The kernel's `sun_path` without its end. */
const LONGEST_PATH = 107;

/** Takes `127.0.0.1:8080`, `[::1]:8080`, `:8080` (every address), `unix:/run/pcd/pcd.sock`. @throws Error with a sentence for the user */
export function parseAddress(text: string): NamedAddress {
  if (text.startsWith('unix:')) return { kind: 'unix', path: parsePath(text.slice('unix:'.length)) };
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535)
    throw new Error(`${JSON.stringify(text)} is no address; expected one such as 127.0.0.1:8080`);
  const host = bracketed ?? (plain || '::');
  // One server has one socket, and every machine has this one of the two that the name may mean.
  return { kind: 'tcp', host: host === 'localhost' ? '127.0.0.1' : host, port };
}

function parsePath(path: string): string {
  if (!path.startsWith('/'))
    throw new Error(`${JSON.stringify(path)} is no path of a socket; expected one such as unix:/run/pcd/pcd.sock`);
  const bytes = Buffer.byteLength(path);
  if (bytes > LONGEST_PATH)
    throw new Error(`the path of the socket has ${bytes} bytes; expected ${LONGEST_PATH} at most`);
  return path;
}

/** Whether what is said to that address stays on this machine. */
export function isLoopback(host: string): boolean {
  return /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(host);
}

/** As a user writes it. */
export function addressText(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  if (address.kind === 'inherited') return `the socket of systemd (descriptor ${address.fd})`;
  return `${hostInUrl(address.host)}:${address.port}`;
}

export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
