import { StoreError } from '@perfcollector/storage';
import type { FastifyError } from 'fastify';

/** A request that is refused, as its sender is told. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** What is answered for an error, whoever raised it: the framework, the decoder, the store, a route, a bug. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof StoreError) return fromStore(error);
  const { code = '', statusCode = 500, message, validation } = error as FastifyError;
  const known = FRAMEWORK_ERRORS[code];
  if (known) return new HttpError(...known);
  if (validation || error instanceof SyntaxError) return new HttpError(400, 'BAD_REQUEST', message);
  if (/^(Z_|ZSTD_)/.test(code)) {
    return new HttpError(
      400,
      'BAD_ENCODING',
      `the body cannot be unpacked (${code}); check it against its Content-Encoding`,
    );
  }
  if (statusCode >= 400 && statusCode < 500) return new HttpError(statusCode, 'BAD_REQUEST', message);
  return new HttpError(500, 'INTERNAL', 'pcd could not do it; its log says why');
}

const BAD_JSON: [number, string, string] = [400, 'BAD_JSON', 'the body is not JSON; expected one whole JSON object'];

const FRAMEWORK_ERRORS: Record<string, [number, string, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    413,
    'TOO_LARGE',
    'the body is over the limit of 16 MiB (unpacked); send less at a time',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: BAD_JSON,
  FST_ERR_CTP_EMPTY_JSON_BODY: BAD_JSON,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'BAD_LENGTH', 'the body is not as long as its Content-Length says'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'BAD_TYPE', 'that Content-Type is not taken here; expected application/json'],
};

function fromStore(error: StoreError): HttpError {
  if (error.code === 'FULL')
    return new HttpError(
      507,
      'DISK_FULL',
      'the disk of the server is full; nothing of this was stored, send it again later',
    );
  if (error.code === 'BUSY')
    return new HttpError(503, 'BUSY', 'the store is busy; nothing of this was stored, send it again later');
  return new HttpError(
    500,
    'STORE_FAILED',
    'the store failed; nothing of this was stored, and the log of pcd says why',
  );
}
