import type { Readable, Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http-error.ts';

/** 8 MiB, what every decoder should take (RFC 8878, 3.1.1.1.2); a larger window would be memory for the asking. */
export const WINDOW_LOG = 23;
const CHUNK = 64 * 1024;

const ENCODINGS = new Map<string, 'identity' | 'gzip' | 'zstd'>([
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['zstd', 'zstd'],
]);

/** @throws HttpError 415 for an encoding that is not known */
export function encodingOf({ headers }: FastifyRequest): 'identity' | 'gzip' | 'zstd' {
  const encoding = ENCODINGS.get(headers['content-encoding']?.trim().toLowerCase() ?? 'identity');
  if (encoding) return encoding;
  throw new HttpError(415, 'BAD_ENCODING', 'that Content-Encoding is not known; expected gzip or zstd');
}

/**
 * A body that is read as it comes, unpacked. Who ends before it does may still answer: the rest is passed over, and the
 * connection stays.
 * @param onSent is told of how many bytes more have come, as they were sent
 * @throws HttpError 415
 */
export async function* streamedBody(
  request: FastifyRequest,
  payload: Readable,
  onSent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const decoder = decoderOf(encodingOf(request));
  payload.on('data', (chunk: Uint8Array) => onSent(chunk.length)).pause();
  try {
    if (decoder) payload.once('error', (error) => decoder.destroy(error)).pipe(decoder);
    yield* (decoder ?? payload).iterator({ destroyOnReturn: false });
  } finally {
    if (decoder) payload.unpipe(decoder);
    decoder?.destroy();
    payload.resume();
  }
}

function decoderOf(encoding: 'identity' | 'gzip' | 'zstd'): Transform | undefined {
  if (encoding === 'identity') return undefined;
  const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG };
  return encoding === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress({ params, chunkSize: CHUNK });
}
