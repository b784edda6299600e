/** A kernel file's text that is not what that kernel file looks like. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly path: string;
  /** 1-based; 0 when the text as a whole is wrong. */
  readonly line: number;

  constructor(path: string, problem: { line: number; text: string; expected: string }) {
    const where = problem.line > 0 ? `${path}, line ${problem.line}` : path;
    super(`cannot parse ${where}: got ${JSON.stringify(problem.text.slice(0, 200))}; expected ${problem.expected}`);
    this.path = path;
    this.line = problem.line;
  }
}

/**
 * A source that could not be read. `unavailable` means that this host does not have it (an older kernel, a container):
 * nothing to mend. `denied` means that it takes more rights. `failed` means that it is there and reading it went wrong.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly reason: 'unavailable' | 'denied' | 'failed';

  constructor(reason: 'unavailable' | 'denied' | 'failed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What could be read, or undefined where the host does not have it or it is not what was expected. */
export function optionalFact<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceError || error instanceof ParseError) return undefined;
    throw error;
  }
}
