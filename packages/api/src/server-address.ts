import { ApiError } from './api-error.ts';

/** Where a server is reached. */
export interface ServerAddress {
  /** As it was given, without slashes at its end. */
  readonly server: string;
  /** What paths are put behind, and what goes into `Host`. */
  readonly base: string;
  /** The Unix socket that leads there. */
  readonly socketPath: string | undefined;
}

const UNIX = 'unix:';

/** Takes `https://pcd.example`, `http://127.0.0.1:8080/behind/a/proxy`, `unix:/run/pcd/pcd.sock`. @throws ApiError (BAD_SERVER) */
export function parseServer(text: string): ServerAddress {
  if (text.startsWith(`${UNIX}/`) && text.length > UNIX.length + 1)
    return { server: text, base: 'http://localhost', socketPath: text.slice(UNIX.length) };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && url.username + url.password + url.search + url.hash === '' && !/\s/.test(text);
  if (isPlain && /^https?:$/.test(url.protocol)) {
    const server = text.replace(/\/+$/, '');
    return { server, base: server, socketPath: undefined };
  }
  throw new ApiError(`${JSON.stringify(text)} is no address of a pcd; expected one such as http://127.0.0.1:8080`, {
    code: 'BAD_SERVER',
    status: 0,
  });
}

/** The message must not repeat the key. @throws ApiError (BAD_KEY) */
export function checkKey(apiKey: string): string {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new ApiError('the API key holds a blank, a line feed or another character that no key has', {
    code: 'BAD_KEY',
    status: 0,
  });
}
