/** What may be answered with a code: any request, those that need a key, those with a body, or those that name it. */
type Where = 'any' | 'keyed' | 'body' | 'named';

interface ErrorKind {
  /** HTTP statuses that it comes with. */
  readonly statuses: readonly number[];
  readonly where: Where;
  /** What is wrong, of any request that gets it. */
  readonly about: string;
}

/** Every `code` that pcd refuses with, and what it means; one that is not here cannot be thrown. */
export const ERROR_CODES = {
  BAD_REQUEST: { statuses: [400], where: 'any', about: 'A parameter or the body is not as it should be.' },
  BAD_ADDRESS: { statuses: [400, 414], where: 'any', about: 'The address cannot be decoded, or is too long.' },
  TOO_MANY_REQUESTS: { statuses: [429], where: 'any', about: 'More than the key or the address may ask in this time.' },
  TOO_LARGE: { statuses: [413, 431], where: 'any', about: 'The body, or the head of the request, is too large.' },
  TIMEOUT: { statuses: [408], where: 'any', about: 'The request did not come in time.' },
  INTERNAL: { statuses: [500], where: 'any', about: 'A fault of pcd; its log says which.' },
  STOPPING: { statuses: [503], where: 'any', about: 'The server is being stopped.' },

  NO_KEY: { statuses: [401], where: 'keyed', about: 'There is no key in the request.' },
  BAD_KEY: { statuses: [401], where: 'keyed', about: 'The key is mistyped, revoked or expired.' },
  MISSING_SCOPE: { statuses: [403], where: 'keyed', about: 'The key lacks the scope.' },
  SOME_MACHINES: { statuses: [403], where: 'keyed', about: 'The key is for some machines; this is about more.' },
  STORE_FAILED: { statuses: [500], where: 'keyed', about: 'The store failed; the log of pcd says why.' },
  BUSY: { statuses: [503], where: 'keyed', about: 'There is more to do than pcd can hold; ask again later.' },
  UNAVAILABLE: { statuses: [503], where: 'keyed', about: 'The database behind pcd does not do it; ask again later.' },
  DISK_FULL: { statuses: [507], where: 'keyed', about: 'The disk of the server is full.' },

  BAD_JSON: { statuses: [400], where: 'body', about: 'The body is not JSON.' },
  BAD_LENGTH: { statuses: [400], where: 'body', about: 'The body is not as long as it says.' },
  BAD_ENCODING: { statuses: [400, 415], where: 'body', about: 'The body is not packed in a way that is known.' },
  BAD_TYPE: { statuses: [415], where: 'body', about: 'That Content-Type is not taken here.' },

  BAD_TIMESTAMP: { statuses: [400], where: 'named', about: 'No timestamp that was refused can be right.' },
  BAD_MEASUREMENT: { statuses: [400], where: 'named', about: 'Measurements are not what a collection holds.' },
  BAD_COLLECTION: { statuses: [400], where: 'named', about: 'Nothing of the collection could be stored.' },
  BAD_RANGE: { statuses: [400], where: 'named', about: 'The time ends before it begins.' },
  TOO_MANY_FIELDS: { statuses: [400], where: 'named', about: 'More fields answer to the names than can be shown.' },
  BAD_EXPIRY: { statuses: [400], where: 'named', about: 'The key would have expired already.' },
  OTHER_TENANT: { statuses: [403], where: 'named', about: "Only the server's own administrators may do this." },
  OTHER_MACHINE: { statuses: [403], where: 'named', about: 'The key is not for this machine.' },
  NO_ROUTE: { statuses: [404], where: 'named', about: 'There is no such address.' },
  NO_MACHINE: { statuses: [404], where: 'named', about: 'There is no such machine.' },
  NO_KEY_ID: { statuses: [404], where: 'named', about: 'There is no key with this id.' },
  LAST_ADMIN: { statuses: [409], where: 'named', about: 'It is the last key that can manage keys.' },
  BACKUP_EXISTS: { statuses: [409], where: 'named', about: 'There is a backup of that name.' },
  STORE_IN_WORK: { statuses: [409], where: 'named', about: 'Other work on the whole store is under way.' },
  NOT_OUR_STORE: { statuses: [501], where: 'named', about: 'Another program keeps the samples.' },
  STORE_SLOW: { statuses: [503], where: 'named', about: 'The store does not answer in time.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_CODES;
