import { parseCount } from './count.ts';

/**
 * JSON.parse that rounds no integer: one above 2^53-1 comes out as its decimal digits, as a string.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  // The reviver makes parsing several times slower; without 16 digits in a row there is nothing for it to do.
  return /\d{16}/.test(text) ? parseWithDigits(text) : JSON.parse(text);
}

function parseWithDigits(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits as Reviver);
  } catch (error) {
    // The reviver is called on every level at once, where parsing alone takes any depth.
    if (error instanceof RangeError) throw new SyntaxError('nested too deep', { cause: error });
    throw error;
  }
}

type Reviver = (key: string, value: unknown) => unknown;

/** The third parameter, the text that a value was parsed from, is newer than the language library's types. */
function keepDigits(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(source ?? '');
  return isRounded ? source : value;
}

/** Parses one JSON object; undefined when the text is not JSON or is something else than an object. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A count as a member of a JSON object: a number, or a string of digits; undefined where it is anything else. */
export function countOf(member: unknown): number | string | undefined {
  return typeof member === 'number' || typeof member === 'string' ? parseCount(String(member)) : undefined;
}
