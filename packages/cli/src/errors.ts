/** Something that a person can mend. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly code: string;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** The command line or a variable is wrong: exit code 2. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('USAGE', message, { hint });
  }
}

/** What scripts can rely on: 0 done, 1 not done, 2 used wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Sentences for the file system's codes, as the user would say them. */
const SYSTEM_CODES: Record<string, { text: string; hint: string }> = {
  EACCES: { text: 'permission denied', hint: 'Run as a user who may, or choose another path.' },
  EPERM: { text: 'operation not permitted', hint: 'Run as a user who may, or choose another path.' },
  ENOENT: { text: 'no such file or directory', hint: 'Check the path.' },
  EISDIR: { text: 'it is a directory', hint: 'Name a file.' },
  EEXIST: { text: 'something else of that name is in the way', hint: 'Move it away, or choose another path.' },
  ENOTDIR: { text: 'a part of the path is not a directory', hint: 'Check the path.' },
  ENOSPC: { text: 'the disk is full', hint: 'Make room, or choose a path on another disk.' },
  EDQUOT: { text: 'the disk quota is used up', hint: 'Make room, or choose a path on another disk.' },
  EROFS: { text: 'the file system is read-only', hint: 'Choose another path.' },
  ENAMETOOLONG: { text: 'the path is too long', hint: 'Choose a shorter one.' },
  E2BIG: { text: 'its arguments and variables are too long', hint: 'Hand it less, or by a file.' },
  EMFILE: { text: 'too many open files', hint: 'Raise the limit (ulimit -n).' },
  ENOTFOUND: {
    text: 'that name has no address',
    hint: 'Check how it is written, and the name servers in /etc/resolv.conf.',
  },
  EADDRINUSE: { text: 'the address is in use', hint: 'Stop what listens there, or choose another port.' },
  EADDRNOTAVAIL: { text: 'this machine does not have that address', hint: 'Choose one of its own addresses.' },
};

/**
 * Turns a system error into a sentence: what was tried, on what, what came of it.
 * @param attempt `write /tmp/x.csv`: it goes behind "cannot"
 */
export function systemError(attempt: string, error: unknown): UserError {
  const code = codeOf(error);
  const known = SYSTEM_CODES[code ?? ''];
  const text = known?.text ?? (error instanceof Error ? error.message : String(error));
  return new UserError(code ?? 'FAILED', `cannot ${attempt}: ${text}`, { hint: known?.hint, cause: error });
}

/** The code of a system error (`ENOSPC`), undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** An error of another package that is meant for people: it says what to do about it. */
function isForPeople(error: unknown): error is Error & { hint?: string } {
  return error instanceof Error && 'hint' in error;
}

/** What a person is told of an error: one or two sentences; for a bug of ours, where it happened. */
export function explain(error: unknown): string {
  if (isForPeople(error)) return error.hint ? `${error.message}\n  ${error.hint}` : error.message;
  if (error instanceof Error) return `unexpected error: ${error.stack ?? error.message}`;
  return `unexpected error: ${String(error)}`;
}

export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
