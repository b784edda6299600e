import { ApiError } from './api-error.ts';

/** The address without slashes at its end. @throws ApiError (BAD_SERVER) where it cannot be one of a pcd */
export function checkServer(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const isPlain = url && url.username + url.password + url.search + url.hash === '' && !/\s/.test(server);
  if (isPlain && /^https?:$/.test(url.protocol)) return server.replace(/\/+$/, '');
  throw new ApiError(`${JSON.stringify(server)} is no address of a pcd; expected one such as http://127.0.0.1:8080`, {
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
