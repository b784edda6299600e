import type { ErrorCode } from '@perfcollector/api';
import { MOST_SERIES, StoreError, type StoreErrorCode } from '@perfcollector/storage';
import type { FastifyError } from 'fastify';

/** A request that is refused, as its sender is told. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  readonly code: ErrorCode;

  constructor(statusCode: number, code: ErrorCode, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** What is answered for an error, whoever raised it: the framework, the decoder, the store, a route, a bug. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof StoreError) return fromStore(error.code, 'nothing of this was stored');
  const { code = '', statusCode = 500 } = error as FastifyError;
  const known = FRAMEWORK_ERRORS.get(code);
  if (known) return new HttpError(...known);
  if (/^(Z_|ZSTD_)/.test(code)) {
    const advice = 'check it against its Content-Encoding';
    return new HttpError(400, 'BAD_ENCODING', `the body cannot be unpacked (${code}); ${advice}`);
  }
  // The framework's own messages may repeat the address, and a key could stand in it.
  if (statusCode >= 400 && statusCode < 500)
    return new HttpError(statusCode, 'BAD_REQUEST', 'the request is malformed');
  return new HttpError(500, 'INTERNAL', 'pcd could not do it; its log says why');
}

type Answer = [statusCode: number, code: ErrorCode, message: string];

export const BAD_JSON: Answer = [400, 'BAD_JSON', 'the body is not JSON; expected one whole JSON object'];
/** Largest body that is held in memory, unpacked. Uploads are streamed and have no limit. */
export const BODY_LIMIT = 16 * 1024 * 1024;
const TOO_LARGE = `the body is over the limit of ${BODY_LIMIT / 2 ** 20} MiB (unpacked); send less at a time`;
const BAD_TYPE =
  'that Content-Type is not taken here; expected application/json, or application/octet-stream to upload';

const FRAMEWORK_ERRORS = new Map<string, Answer>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', [413, 'TOO_LARGE', TOO_LARGE]],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', BAD_JSON],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', [400, 'BAD_LENGTH', 'the body is not as long as its Content-Length says']],
  ['ECONNRESET', [400, 'BAD_LENGTH', 'the connection broke off within the body']],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', [415, 'BAD_TYPE', BAD_TYPE]],
  ['FST_ERR_BAD_URL', [400, 'BAD_ADDRESS', 'the address cannot be decoded']],
  ['FST_ERR_MAX_PARAM_LENGTH', [414, 'BAD_ADDRESS', 'a part of the address is too long']],
]);

/** @param outcome what became of the data: `nothing of this was stored` */
export function fromStore(code: StoreErrorCode, outcome: string): HttpError {
  const again = `${outcome}; send it again later`;
  if (code === 'FULL') return new HttpError(507, 'DISK_FULL', `the disk of the server is full; ${again}`);
  if (code === 'BUSY') return new HttpError(503, 'BUSY', `the store is busy; ${again}`);
  if (code === 'TOO_MANY')
    return new HttpError(
      400,
      'TOO_MANY_FIELDS',
      `more than ${MOST_SERIES} fields answer to these names; ask for fewer`,
    );
  if (code === 'CROWDED')
    return new HttpError(
      400,
      'BAD_TIMESTAMP',
      `too many samples are of the same time; the clock of the sending machine seems to stand; ${outcome}`,
    );
  if (code === 'UNAVAILABLE')
    return new HttpError(503, 'UNAVAILABLE', `the database behind pcd does not answer as it should; ${again}`);
  return new HttpError(500, 'STORE_FAILED', `the store failed, and the log of pcd says why; ${outcome}`);
}

/** The same whether it is not there, another tenant's, or none that the key is for. */
export function unknownMachine(machine: string): HttpError {
  const name = JSON.stringify(machine.slice(0, 200));
  return new HttpError(404, 'NO_MACHINE', `there is no machine ${name}; see the list of machines`);
}
