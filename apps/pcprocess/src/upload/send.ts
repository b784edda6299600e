import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@perfcollector/cli';
import type { Progress } from '@perfcollector/cli/screen';
import { type FormContent, makeForm } from './form.ts';
import { type Answer, type Destination, post } from './post.ts';
import { refusalOf, UploadError, unreachable } from './refusal.ts';

export interface Delivery {
  readonly destination: Destination;
  /** How long to try again while the server is away, milliseconds. */
  readonly retryMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Pauses between two tries grow from the first to the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [500, 30_000];

/**
 * Sends a file with the fields beside it; where the server is away, it is tried again.
 * @returns how many bytes the file and its form have
 * @throws UserError where the file cannot be read, or the server does not take it
 */
export async function send(content: FormContent, delivery: Delivery): Promise<number> {
  const { progress, retryMs, signal } = delivery;
  const until = performance.now() + retryMs;
  for (let tried = 0; ; tried += 1) {
    const form = makeForm(content);
    progress.begin(content.fileName, form.bytes);
    try {
      await sendOnce(form, delivery);
      return form.bytes;
    } catch (error) {
      const ms = pauseOf(error, tried);
      if (ms === undefined || performance.now() + ms > until) throw error;
      progress.say(`pcprocess: ${(error as UploadError).message}; trying again in ${formatDuration(Math.ceil(ms))}`);
      await sleep(ms, undefined, { signal });
    }
  }
}

async function sendOnce(form: ReturnType<typeof makeForm>, delivery: Delivery): Promise<void> {
  const { destination, progress, signal } = delivery;
  const { url, apiKey } = destination;
  let answer: Answer;
  try {
    answer = await post(destination, form, { signal, onSent: (bytes) => progress.add(bytes) });
  } catch (error) {
    throw signal.aborted ? error : unreachable(url.origin, error);
  }
  if (answer.status < 200 || answer.status >= 300) throw refusalOf(url.origin, answer, apiKey);
}

/** Undefined where it is of no use to try again. Chance keeps many machines from coming back at once. */
function pauseOf(error: unknown, tried: number): number | undefined {
  if (!(error instanceof UploadError) || !error.isPassing) return undefined;
  const grown = Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS);
  return error.retryAfterMs ?? grown * (0.5 + Math.random() / 2);
}
