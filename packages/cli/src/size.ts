const UNIT_BYTES: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Examples for messages and help. */
export const SIZE_EXAMPLES = '64KiB 512MiB 1GiB 1048576';

/** Reads a size in binary units (`512MiB`, `1.5GiB`) or plain bytes. Returns whole bytes, or undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = 'B'] = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const bytes = Number(number) * (UNIT_BYTES[unit] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
