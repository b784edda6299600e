import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A managed key taken apart: `pck_<id>_<secret>`. The id is no secret and finds the key; the secret proves it. */
export interface KeyParts {
  readonly id: string;
  readonly secret: string;
}

const KEY = /^pck_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export function newKeyParts(id = randomBytes(6).toString('hex')): KeyParts {
  return { id, secret: randomBytes(32).toString('base64url') };
}

export function formatKey({ id, secret }: KeyParts): string {
  return `pck_${id}_${secret}`;
}

export function parseKey(text: string): KeyParts | undefined {
  const [, id, secret] = KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** What is kept of a secret. It has 256 random bits, so a plain hash cannot be searched for it. */
export function hashSecret(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}

/** Takes the same time whatever differs: both sides are hashes of one length. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
