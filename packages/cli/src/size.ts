const UNIT_BYTES: Record<string, number> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** Examples for messages and help. */
export const SIZE_EXAMPLES = '64KiB 512MiB 1GiB';

/**
 * Reads a size in binary units (`64KiB`, `512MiB`, `1.5GiB`) or plain bytes (`1048576`). Returns whole bytes, or undefined
 * when it is none: `MB` and `K` mean different things to different people.
 */
export function parseSize(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(B|[KMGT]iB)?$/.exec(text) ?? [];
  const factor = UNIT_BYTES[unit ?? ''];
  if (number === undefined || factor === undefined) return undefined;
  const bytes = Number(number) * factor;
  return Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined;
}
