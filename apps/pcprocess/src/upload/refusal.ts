import { codeOf, UserError } from '@perfcollector/cli';
import { clean } from '@perfcollector/cli/screen';
import type { Answer } from './post.ts';

const MOST_SAID = 300;
/** Members under which servers say what is wrong. */
const MEMBERS = ['error', 'detail', 'message', 'errors'];
const KEY_HINT = 'Check the key in XATBACKEND_APIKEY, and that it is one of this tenant.';

/** A server, or the way to it, did not do what was asked. */
export class UploadError extends UserError {
  /** It may be otherwise in a while. */
  readonly isPassing: boolean;
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: { isPassing: boolean; retryAfterMs?: number; hint?: string; cause?: unknown }) {
    super(details.isPassing ? 'AWAY' : 'REFUSED', message, details);
    this.isPassing = details.isPassing;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** What an answer other than success means. @param apiKey which no message repeats */
export function refusalOf(server: string, answer: Answer, apiKey: string): UploadError {
  const { status, location } = answer;
  const said = saidIn(answer.text)?.replaceAll(apiKey, '…');
  const verdict = status < 400 ? `sends elsewhere (HTTP ${status}, to ${place(location)})` : `refused (HTTP ${status})`;
  const retryAfterMs = waitOf(answer.retryAfter);
  const hint = status === 401 || status === 403 ? KEY_HINT : status < 400 ? 'Check XATBACKEND_URL.' : undefined;
  return new UploadError(`${server} ${verdict}${said === undefined ? '' : `: ${said}`}`, {
    isPassing: status === 429 || status === 408 || (status >= 500 && status !== 501),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(hint !== undefined && { hint }),
  });
}

/** What an error of the connection means; anything else is given back as it is. */
export function unreachable(server: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof UserError) return error;
  if (/^ERR_(TLS|SSL|OSSL)|CERT|SIGNATURE|UNABLE_TO/.test(code)) {
    const message = `cannot reach ${server} securely: ${(error as Error).message} (${code})`;
    const hint = 'Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.';
    return new UploadError(message, { isPassing: false, hint, cause: error });
  }
  const hint = 'Is the portal running there, and is XATBACKEND_URL right?';
  // A name that has no address now has none in a minute either.
  return new UploadError(`cannot reach ${server}: ${code}`, { isPassing: code !== 'ENOTFOUND', hint, cause: error });
}

function place(location: string | undefined): string {
  return clean(location ?? 'nowhere').slice(0, MOST_SAID);
}

/** A page of HTML says nothing that is short. */
function saidIn(text: string): string | undefined {
  const words = clean((messageIn(text) ?? text).replace(/\s+/g, ' ').trim());
  if (words === '' || words.startsWith('<')) return undefined;
  return words.length > MOST_SAID ? `${words.slice(0, MOST_SAID)}…` : words;
}

function messageIn(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : undefined;
  const found = MEMBERS.map((member) => (value as Record<string, unknown>)[member]).find((one) => one !== undefined);
  return typeof found === 'string' ? found : JSON.stringify(found ?? value);
}

/** Seconds, or a date. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
