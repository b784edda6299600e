/** pcd, or something on the way to it, did not do what was asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** pcd's own code, or `UNREACHABLE` where no answer came. */
  readonly code: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly hint: string | undefined;

  constructor(message: string, details: { code: string; status: number; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.hint = HINTS.get(details.code) ?? (details.status >= 500 ? 'See the log of pcd.' : undefined);
  }
}

/** What to do, for the codes that a person can do something about. */
const HINTS = new Map(
  Object.entries({
    UNREACHABLE: 'Is pcd running there, and is the address right?',
    NOT_PCD: 'Something else than pcd answers there; check the address.',
    NO_KEY: 'Give a key, by its variable or --apikey-file.',
    BAD_KEY: 'Check the key; an administrator sees the valid ones with: pcctl keys list',
    MISSING_SCOPE: 'Ask for a key with that scope: pcctl keys create --scopes …',
    TOO_LARGE: 'Send less at a time; pcctl upload has no limit.',
    BAD_TIMESTAMP: 'Set the clock of the sending machine (chrony, ntpd, systemd-timesyncd).',
  }),
);
