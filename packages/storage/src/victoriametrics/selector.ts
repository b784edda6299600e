import type { Labels, Pattern } from './layout.ts';

/** What a query selects: series of these labels. */
export type Matchers = Readonly<Record<string, string | Pattern | undefined>>;

/** A selector of the query language. Any text is safe in it. */
export function selector(name: string | Pattern, matchers: Matchers): string {
  const all = Object.entries({ __name__: name, ...matchers }).flatMap(([label, value]) =>
    value === undefined
      ? []
      : [typeof value === 'string' ? `${label}=${quote(value)}` : `${label}=~${quote(value.re2)}`],
  );
  return `{${all.join(',')}}`;
}

/** One of these names, in which a `*` stands for any text where that is said. */
export function oneOf(names: readonly string[], star: 'itself' | 'any text' = 'itself'): Pattern {
  const escaped = names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return { re2: escaped.map((name) => (star === 'itself' ? name : name.replaceAll('\\*', '(?s:.*)'))).join('|') };
}

/** The engine reads its texts as Go does, and JSON's escapes are among Go's, as long as the text is well-formed. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** Of a series in an answer. */
export function label(labels: Labels, name: string): string {
  return labels[name] ?? '';
}
