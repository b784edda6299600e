/** pcd, or something on the way to it, did not do what was asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** pcd's own code; `UNREACHABLE`, `TIMEOUT` or `TLS` where no answer came, `NOT_PCD` where another's did. */
  readonly code: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Seconds that the server wants to be left alone for, where it said so. */
  readonly retryAfter: number | undefined;
  readonly hint: string | undefined;

  constructor(message: string, details: Details) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.hint = HINTS.get(details.code) ?? (isFailure(details.status) ? logHint(details.requestId) : undefined);
  }
}

interface Details {
  readonly code: string;
  readonly status: number;
  readonly retryAfter?: number | undefined;
  /** What the server calls the request in its log. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** The log of pcd tells more of it; 501 is for what it does not do, and says all. */
function isFailure(status: number): boolean {
  return status >= 500 && status !== 501;
}

function logHint(requestId: string | undefined): string {
  return `See the log of pcd${requestId === undefined ? '' : `, request_id ${requestId}`}.`;
}

/** What to do, for the codes that a person can do something about. */
const HINTS = new Map(
  Object.entries({
    UNREACHABLE: 'Is pcd running there, and is the address right?',
    TIMEOUT: 'Is the network slow, or the server overloaded?',
    TLS: 'Check the certificates: --ca names the authority, --cert and --key what this machine shows.',
    NOT_PCD: 'Something else than pcd answers there; check the address.',
    NO_KEY: 'Give a key, by its variable or --apikey-file.',
    BAD_KEY: 'Check the key; an administrator sees the valid ones with: pcctl keys list',
    MISSING_SCOPE: 'Ask for a key with that scope: pcctl keys create --scopes …',
    SOME_MACHINES: 'Use a key that is for all machines; this one was made with --machines.',
    OTHER_MACHINE: 'Ask for a key for this machine: pcctl keys create --machines …',
    BAD_TIMESTAMP: 'Set the clock of the sending machine (chrony, ntpd, systemd-timesyncd).',
  }),
);
