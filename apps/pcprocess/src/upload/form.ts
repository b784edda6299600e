import { randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { systemError, UserError } from '@perfcollector/cli';

/** A file on its way into a form, and the fields beside it. */
export interface FormContent {
  readonly path: string;
  /** What the server is told that the file is called. */
  readonly fileName: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A multipart/form-data body (RFC 7578) of known length, for many servers take no other; it can be sent more than once. */
export interface Form {
  readonly contentType: string;
  readonly bytes: number;
  /** @throws UserError where the file cannot be read, or has become shorter */
  pieces(): AsyncGenerator<Uint8Array>;
}

/** @throws UserError where the file is not there */
export function makeForm({ path, fileName, fields }: FormContent): Form {
  const size = sizeOf(path);
  const boundary = `perfcollector-${randomBytes(16).toString('hex')}`;
  const part = (name: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`;
  const ofFields = Object.entries(fields).map(([name, value]) => `${part(quoted(name))}\r\n${value}\r\n`);
  const ofFile = `${part('file', `; filename="${quoted(fileName)}"`)}Content-Type: text/csv\r\n\r\n`;
  const [head, tail] = [Buffer.from(ofFields.join('') + ofFile), Buffer.from(`\r\n--${boundary}--\r\n`)];
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.length + size + tail.length,
    async *pieces() {
      yield head;
      yield* fileBytes(path, size);
      yield tail;
    },
  };
}

/** As browsers write it. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw systemError(`read ${path}`, error);
  }
}

/** So many bytes of a file, which may grow meanwhile. */
async function* fileBytes(path: string, size: number): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  let left = size;
  try {
    for await (const chunk of createReadStream(path, { end: size - 1 })) {
      left -= chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw systemError(`read ${path}`, error);
  }
  if (left > 0) throw new UserError('CHANGED', `${path} became shorter while it was sent`);
}
