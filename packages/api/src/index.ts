import * as contract from './contract.ts';

export { ApiError } from './api-error.ts';
export { Client, type ClientOptions, type Range, type SeriesQuery } from './client.ts';
export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export { SCOPES, type Scope } from './scopes.ts';
export { contract };
