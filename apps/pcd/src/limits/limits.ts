/** How much pcd lets be asked of it at once, and how long it waits for whom. */
export interface Limits {
  /** Requests a second with one key. */
  readonly keyRate: number;
  /** Requests a second of one address without a valid key. */
  readonly addressRate: number;
  /** Open connections, of all and of one address; those of the machine itself count among all alone. */
  readonly connections: number;
  readonly addressConnections: number;
  /** Requests in work, and the bytes that they hold. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** How long the head of a request may take. */
  readonly headersMs: number;
  /** How long a connection stays open between two requests. */
  readonly idleMs: number;
  /** How long a client may take for so little that it counts as stalled: see `progress.ts`. */
  readonly stallMs: number;
}
