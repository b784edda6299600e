/** What one check came to. */
export interface Finding {
  /** What was looked at: `clock`. */
  readonly check: string;
  /** A warning keeps pcc from nothing. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
}

export function ok(check: string, message: string): Finding {
  return { check, state: 'ok', message };
}

export function warning(check: string, message: string, hint?: string): Finding {
  return { check, state: 'warning', message, ...(hint !== undefined && { hint }) };
}

export function failed(check: string, message: string, hint?: string): Finding {
  return { ...warning(check, message, hint), state: 'failed' };
}

/** What is found; an error that a person can mend is a finding too. */
export async function found(check: string, look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failure(check, error);
  }
}

/** @throws what is no error for people */
export function failure(check: string, error: unknown): Finding {
  if (!(error instanceof Error && 'hint' in error)) throw error;
  return failed(check, error.message, typeof error.hint === 'string' ? error.hint : undefined);
}
