const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.-~=+*#';
const NOTHING = ' ';

/** A line of text that shows how values go, from the least to the greatest of them. */
export function sparkline(values: readonly (number | null)[], isUnicode: boolean): string {
  const known = values.filter((value) => value !== null);
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const levels = isUnicode ? BLOCKS : ASCII;
  return values
    .map((value) => {
      if (value === null) return NOTHING;
      const share = greatest > least ? (value - least) / (greatest - least) : 0;
      return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? NOTHING;
    })
    .join('');
}

/** Whether a terminal shows more than ASCII, as its locale says. */
export function isUnicodeLocale({ LC_ALL, LC_CTYPE, LANG }: Readonly<Record<string, string | undefined>>): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
