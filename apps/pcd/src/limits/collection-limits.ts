import { HttpError } from '../http-error.ts';

/** Collections are packed to a tenth or a fiftieth of their size, those of an idle machine to some hundredth. */
const MOST_SWELLING = 500;
/** A small one may be what it wants. */
const FREE_BYTES = 64 * 1024 * 1024;
/** The longest line is 16 MiB. */
const MOST_WITHOUT_ENTRY = 64 * 1024 * 1024;

/** Watches a collection of any size for being none: data made to swell, lines without end. */
export interface CollectionWatch {
  /** So many bytes came, as they were sent. */
  sent(bytes: number): void;
  /** So many bytes came out of them. @throws HttpError 413 */
  unpacked(bytes: number): void;
  /** There was a sample, an event or a header. */
  found(): void;
}

export function watchCollection(): CollectionWatch {
  let [sentBytes, unpackedBytes, foundAt] = [0, 0, 0];
  return {
    sent: (bytes) => {
      sentBytes += bytes;
    },
    unpacked: (bytes) => {
      unpackedBytes += bytes;
      if (unpackedBytes > FREE_BYTES && unpackedBytes > sentBytes * MOST_SWELLING) {
        throw new HttpError(
          413,
          'TOO_LARGE',
          `the collection unpacks to more than ${MOST_SWELLING} times its size; if it is no mistake, send it unpacked`,
        );
      }
      if (unpackedBytes - foundAt > MOST_WITHOUT_ENTRY) {
        throw new HttpError(
          413,
          'TOO_LARGE',
          `${MOST_WITHOUT_ENTRY / 2 ** 20} MiB of the collection in a row hold no sample; check that it is a collection`,
        );
      }
    },
    found: () => {
      foundAt = unpackedBytes;
    },
  };
}
