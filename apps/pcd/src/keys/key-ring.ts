import { SCOPES, type Scope } from '@perfcollector/api';
import type { KeyStore, StoredKey } from '@perfcollector/storage';
import { type Home, prepareAdminKey, readAdminKey } from '../home.ts';
import { ApikeysFile } from './apikeys-file.ts';
import { formatKey, hashSecret, isSameHash, newKeyParts, parseKey } from './key-format.ts';

/** The tenant of the first administrator and of the keys in the file; its administrators run the server. */
export const DEFAULT_TENANT = 'default';

/** Who sends a request. */
export interface Caller {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The managed key's id; undefined for a key of the file. */
  readonly keyId: string | undefined;
}

/** A key that has just been made: the only time that it is known. */
export interface IssuedKey {
  readonly stored: StoredKey;
  readonly key: string;
}

/** All keys that this pcd accepts. */
export interface KeyRing {
  /** Undefined where the key is not valid. */
  identify(key: string): Caller | undefined;
  list(): readonly StoredKey[];
  find(id: string): StoredKey | undefined;
  create(wanted: Pick<StoredKey, 'name' | 'tenant' | 'scopes' | 'expires'>): Promise<IssuedKey>;
  /** A new secret for the same id; the old one ends at once. Undefined where there is no such key any more. */
  rotate(id: string): Promise<IssuedKey | undefined>;
  /** Ends a key, except the last one that can manage keys. */
  revoke(id: string): Promise<'revoked' | 'unknown' | 'last administrator'>;
}

export interface KeyRingSetup {
  readonly store: KeyStore;
  readonly home: Home;
  /** Unix seconds. */
  readonly now: () => number;
  readonly report: (problem: string) => void;
}

/** Opens the keys, and makes the first administrator's where no administrator has one. */
export async function openKeyRing({ store, home, now, report }: KeyRingSetup): Promise<KeyRing> {
  const oneAfterAnother = serializer();
  const file = new ApikeysFile(home.apikeys, report);
  const keys = new Map((await store.keys()).map((key) => [key.id, key]));
  const put = async (stored: StoredKey): Promise<void> => {
    await store.putKey(stored);
    keys.set(stored.id, stored);
  };
  const ring: KeyRing = {
    identify: (text) => identifyManaged(keys, text, now()) ?? (file.has(text) ? fileCaller : undefined),
    list: () => [...keys.values()],
    find: (id) => keys.get(id),
    async create(wanted) {
      const parts = newKeyParts();
      const unused = { machines: null, last_used: null, previous: null };
      const stored = { ...wanted, ...unused, id: parts.id, hash: hashSecret(parts.secret), created: now() };
      await put(stored);
      return { stored, key: formatKey(parts) };
    },
    rotate: oneAfterAnother(async (id) => {
      const key = keys.get(id);
      if (!key) return undefined;
      const parts = newKeyParts(id);
      const stored = { ...key, hash: hashSecret(parts.secret) };
      const isHeld = parseKey(readAdminKey(home) ?? '')?.id === id;
      const file = isHeld ? prepareAdminKey(home, formatKey(parts)) : undefined;
      try {
        await put(stored);
        file?.commit();
      } finally {
        file?.discard();
      }
      return { stored, key: formatKey(parts) };
    }),
    revoke: oneAfterAnother(async (id) => {
      const key = keys.get(id);
      if (!key) return 'unknown';
      if (isAdministrator(key) && [...keys.values()].filter(isAdministrator).length === 1) return 'last administrator';
      await store.deleteKey(id);
      keys.delete(id);
      return 'revoked';
    }),
  };
  await repairAdministrator({ home, keys: [...keys.values()], put, now, report });
  return ring;
}

/**
 * There is always an administrator whose key can be had: the first start makes one, and an empty key file, which a person
 * leaves or a power loss, asks for a new one. A missing file may be meant: other administrators go on with their own keys.
 */
async function repairAdministrator({ home, keys, put, now, report }: Repair): Promise<void> {
  const held = readAdminKey(home);
  const hasAdministrator = keys.some(isAdministrator);
  if (hasAdministrator && held) return;
  if (hasAdministrator && held === undefined) {
    report(`${home.adminKey} is missing; for a new administrator's key, make it as an empty file and start pcd again`);
    return;
  }
  await put(newAdministrator(home, now()));
  if (hasAdministrator) report(`${home.adminKey} was empty; it holds a new administrator's key now`);
}

interface Repair extends Omit<KeyRingSetup, 'store'> {
  readonly keys: readonly StoredKey[];
  readonly put: (key: StoredKey) => Promise<void>;
}

/** Whether a key manages the server for ever; one such is always left. */
function isAdministrator({ tenant, scopes, expires }: StoredKey): boolean {
  return tenant === DEFAULT_TENANT && scopes.includes('admin') && expires === null;
}

/** Keys of the file are made for agents. */
const fileCaller: Caller = { tenant: DEFAULT_TENANT, scopes: ['ingest'], keyId: undefined };

function identifyManaged(keys: ReadonlyMap<string, StoredKey>, text: string, now: number): Caller | undefined {
  const parts = parseKey(text);
  const stored = parts && keys.get(parts.id);
  if (!parts || !stored || !isSameHash(stored.hash, hashSecret(parts.secret))) return undefined;
  if (stored.expires !== null && stored.expires <= now) return undefined;
  return { tenant: stored.tenant, scopes: SCOPES.filter((scope) => stored.scopes.includes(scope)), keyId: stored.id };
}

/** The file comes first and the store second: a start that is broken off in between is taken up by the next one. */
function newAdministrator(home: Home, now: number): StoredKey {
  const parts = parseKey(readAdminKey(home) ?? '') ?? newKeyParts();
  prepareAdminKey(home, formatKey(parts)).commit();
  const { id, secret } = parts;
  return {
    id,
    hash: hashSecret(secret),
    tenant: DEFAULT_TENANT,
    name: 'administrator',
    scopes: SCOPES,
    created: now,
    expires: null,
    machines: null,
    last_used: null,
    previous: null,
  };
}

/** Work on a key looks at the keys, waits for the disk and then changes them: two at once would both have looked. */
function serializer() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: (id: string) => Promise<T>) =>
    (id: string): Promise<T> => {
      const done = last.then(() => work(id));
      last = done.catch(() => {}); // told to who asked for it
      return done;
    };
}
