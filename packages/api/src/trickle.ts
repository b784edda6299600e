/**
 * The agent's way into this package: what sends samples and nothing else. The front door would load zod and undici,
 * which cost an agent more memory than all the rest of it (`trickle/http-connection.ts` has the figures).
 */
export { ApiError } from './api-error.ts';
export type { TlsFiles } from './trickle/http-connection.ts';
export { TrickleConnection, type TrickleOptions } from './trickle/trickle-connection.ts';
