import { pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { FastifyRequest, RequestPayload } from 'fastify';
import { HttpError } from './http-error.ts';

const DECODERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['zstd', createZstdDecompress],
]);

/**
 * Unpacks a body that was sent packed, as a stream. The limit on bodies is checked behind it, on what comes out, so a
 * small body that unpacks to a huge one is cut off at the limit.
 * @throws HttpError 415 for an encoding that is not known
 */
export async function unpackBody(request: FastifyRequest, payload: RequestPayload): Promise<RequestPayload> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return payload;
  const decoder = DECODERS.get(encoding)?.();
  if (!decoder) throw new HttpError(415, 'BAD_ENCODING', 'that Content-Encoding is not known; expected gzip or zstd');
  const unpacked: Readable & { receivedEncodedLength?: number } = decoder;
  unpacked.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => {
    unpacked.receivedEncodedLength = (unpacked.receivedEncodedLength ?? 0) + chunk.length;
  });
  pipeline(payload, decoder, () => {}); // errors surface where the decoder is read
  return unpacked as RequestPayload;
}
