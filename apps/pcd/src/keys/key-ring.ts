import { SCOPES, type Scope } from '@perfcollector/api';
import type { KeyStore, StoredKey } from '@perfcollector/storage';
import { type Home, prepareAdminKey, readAdminKey } from '../home.ts';
import { ApikeysFile } from './apikeys-file.ts';
import { formatKey, hashSecret, isSameHash, type KeyParts, newKeyParts, parseKey } from './key-format.ts';
import { KeyUse } from './key-use.ts';

/** The tenant of the first administrator and of the keys in the file; its administrators run the server. */
export const DEFAULT_TENANT = 'default';

/** Who sends a request. */
export interface Caller {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The managed key's id; undefined for a key of the file. */
  readonly keyId: string | undefined;
  /** The machines that the key is for: a name with any number of `*`; null for all of its tenant. */
  readonly machines: string | null;
}

interface WantedKey extends Pick<StoredKey, 'name' | 'tenant' | 'scopes' | 'expires'> {
  readonly machines?: string | null;
}

/** Is told what is about to happen to a key; where it throws, it does not happen. */
export type Announce = (key: StoredKey) => Promise<void>;

interface Rotation {
  /** Seconds that the old secret is valid beside the new one, at once over if 0; one from before it ends in any case. */
  readonly overlap?: number;
  readonly announce?: Announce;
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
  create(wanted: WantedKey, announce?: Announce): Promise<IssuedKey>;
  /** A new secret for the same id. Undefined where there is no such key any more. */
  rotate(id: string, rotation?: Rotation): Promise<IssuedKey | undefined>;
  /** Ends a key with all its secrets, except the last one that can manage keys. */
  revoke(id: string, announce?: Announce): Promise<'revoked' | 'unknown' | 'last administrator'>;
  /** Writes down when keys were used last. */
  close(): Promise<void>;
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
  const use = new KeyUse(store, report);
  const keys = new Map((await store.keys()).map((key) => [key.id, key]));
  const put = async (stored: StoredKey): Promise<void> => {
    await store.putKey(stored);
    keys.set(stored.id, stored);
  };
  const asUsed = (key: StoredKey): StoredKey => ({ ...key, last_used: use.lastOf(key.id) ?? key.last_used });
  const ring: KeyRing = {
    identify(text) {
      const caller = identifyManaged(keys, text, now());
      if (caller?.keyId !== undefined) use.note(caller.keyId, now());
      return caller ?? (file.has(text) ? fileCaller : undefined);
    },
    list: () => [...keys.values()].map(asUsed),
    find: (id) => keys.get(id),
    async create({ machines = null, ...wanted }, announce) {
      const parts = newKeyParts();
      const unused = { last_used: null, previous: null };
      const stored = { ...wanted, ...unused, machines, id: parts.id, hash: hashSecret(parts.secret), created: now() };
      await announce?.(stored);
      await put(stored);
      return { stored, key: formatKey(parts) };
    },
    rotate: oneAfterAnother(async (id, { overlap = 0, announce }: Rotation = {}) => {
      const key = keys.get(id);
      if (!key) return undefined;
      const parts = newKeyParts(id);
      const previous = overlap > 0 ? { hash: key.hash, until: now() + overlap } : null;
      const stored = { ...asUsed(key), hash: hashSecret(parts.secret), previous };
      await withAdminKey(home, parts, async () => {
        await announce?.(key);
        await put(stored);
      });
      return { stored, key: formatKey(parts) };
    }),
    revoke: oneAfterAnother(async (id, announce?: Announce) => {
      const key = keys.get(id);
      if (!key) return 'unknown';
      if (isAdministrator(key) && [...keys.values()].filter(isAdministrator).length === 1) return 'last administrator';
      await announce?.(key);
      await store.deleteKey(id);
      keys.delete(id);
      return 'revoked';
    }),
    close: () => use.close(),
  };
  await repairAdministrator({ store, home, keys: [...keys.values()], put, now, report });
  return ring;
}

/**
 * There is always an administrator whose key can be had: the first start makes one, and an empty key file, which a person
 * leaves or a power loss, asks for a new one. A missing file may be meant: other administrators go on with their own keys.
 */
async function repairAdministrator({ store, home, keys, put, now, report }: Repair): Promise<void> {
  const held = readAdminKey(home);
  const hasAdministrator = keys.some(isAdministrator);
  if (hasAdministrator && held) return;
  if (hasAdministrator && held === undefined) {
    report(`${home.adminKey} is missing; for a new administrator's key, make it as an empty file and start pcd again`);
    return;
  }
  const made = newAdministrator(home, now());
  await store.addAudit({ ...BY_PCD, time: now(), action: 'keys.create', target: made.id, detail: { name: made.name } });
  await put(made);
  if (hasAdministrator) report(`${home.adminKey} was empty; it holds a new administrator's key now`);
}

/** pcd itself, whom no key stands for. */
const BY_PCD = { tenant: DEFAULT_TENANT, key: null, address: null };

interface Repair extends KeyRingSetup {
  readonly keys: readonly StoredKey[];
  readonly put: (key: StoredKey) => Promise<void>;
}

/** Changes a key's secret; where admin.key holds that key, it holds the new secret afterwards. */
async function withAdminKey(home: Home, parts: KeyParts, change: () => Promise<void>): Promise<void> {
  const isHeld = parseKey(readAdminKey(home) ?? '')?.id === parts.id;
  const file = isHeld ? prepareAdminKey(home, formatKey(parts)) : undefined;
  try {
    await change();
    file?.commit();
  } finally {
    file?.discard();
  }
}

/** Whether a key manages the server for ever; one such is always left. */
function isAdministrator({ tenant, scopes, expires, machines }: StoredKey): boolean {
  return tenant === DEFAULT_TENANT && scopes.includes('admin') && expires === null && machines === null;
}

/** Keys of the file are made for agents. */
const fileCaller: Caller = { tenant: DEFAULT_TENANT, scopes: ['ingest'], keyId: undefined, machines: null };

function identifyManaged(keys: ReadonlyMap<string, StoredKey>, text: string, now: number): Caller | undefined {
  const parts = parseKey(text);
  const stored = parts && keys.get(parts.id);
  if (!parts || !stored || !hasSecret(stored, parts.secret, now)) return undefined;
  if (stored.expires !== null && stored.expires <= now) return undefined;
  const { id, tenant, machines } = stored;
  return { tenant, machines, keyId: id, scopes: SCOPES.filter((scope) => stored.scopes.includes(scope)) };
}

function hasSecret({ hash, previous }: StoredKey, secret: string, now: number): boolean {
  const given = hashSecret(secret);
  return isSameHash(hash, given) || (previous !== null && now < previous.until && isSameHash(previous.hash, given));
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
  return <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      const done = last.then(() => work(...args));
      last = done.catch(() => {}); // told to who asked for it
      return done;
    };
}
