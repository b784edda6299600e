import type { ApiError } from '@perfcollector/api/trickle';

/**
 * What to do about a refusal:
 * `smaller` — the same lines in smaller pieces; `apart` — the good lines without the bad one;
 * `later` — that will pass; `person` — that takes a person, so looking now and then is enough.
 */
export type Verdict = 'smaller' | 'apart' | 'later' | 'person';

export function verdictOf({ status, code }: Pick<ApiError, 'status' | 'code'>): Verdict {
  if (status === 413) return 'smaller';
  if (status === 400 && !NOT_ABOUT_LINES.has(code)) return 'apart';
  // No answer, a gateway without its pcd, a pcd without room: all that passes.
  if (status === 0 || status >= 500 || status === 408 || status === 425 || status === 429) return 'later';
  return 'person';
}

/** Only pcd itself knows about lines: a 400 of something else on the way says nothing of them, nor does a broken body. */
const NOT_ABOUT_LINES = new Set(['NOT_PCD', 'BAD_ENCODING', 'BAD_LENGTH']);
