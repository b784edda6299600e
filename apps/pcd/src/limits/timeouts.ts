import type { ServerOptions } from 'node:http';
import type { Limits } from './limits.ts';

/** What Node's server watches itself, for http and https alike: the heads of requests. `progress.ts` watches the rest. */
export function timeoutsOf({ headersMs }: Pick<Limits, 'headersMs'>): ServerOptions {
  // A body may take as long as it makes progress.
  return { headersTimeout: headersMs, requestTimeout: 0, connectionsCheckingInterval: Math.min(headersMs / 2, 5000) };
}
