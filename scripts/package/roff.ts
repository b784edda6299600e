/** Text for man(7), such that groff and mandoc both set it as it was meant. */

/** What roff, or a terminal's typesetting of it, would take for something else. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '"': '\\(dq',
  '^': '\\(ha',
  '~': '\\(ti',
};
const LONGEST_LINE = 80;

/** One word, or a line in which every space counts. Control characters, which have no place in a page, are spaces. */
export function literal(text: string): string {
  const plain = text.toWellFormed().replace(/\p{Cc}/gu, ' ');
  const escaped = plain.replace(/[\\\-'`"^~]|[^\0-\x7f]/gu, (letter) => SPECIAL[letter] ?? byNumber(letter));
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

function byNumber(letter: string): string {
  return `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}

export function bold(text: string): string {
  return `\\fB${literal(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${literal(text)}\\fR`;
}

/** Running text, filled into lines; `x` is what is typed. */
export function prose(text: string): string {
  const words = text
    .split(/(`[^`]+`)/)
    .flatMap((part, at) => (at % 2 === 1 ? [bold(part.slice(1, -1))] : [literal(part)]));
  return fill(words.join(''));
}

/** Sentences begin on lines of their own, so that roff spaces them. */
function fill(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const isFull = line.length + word.length >= LONGEST_LINE || /[.?!]$/.test(line);
    if (isFull && line !== '') lines.push(line);
    line = line === '' || isFull ? word : `${line} ${word}`;
  }
  // No word of the text is a command, wherever its line began.
  return [...lines, line]
    .filter(Boolean)
    .map((each) => `${each.startsWith('.') ? '\\&' : ''}${each}\n`)
    .join('');
}

/** `--frequency <duration>`, `[file...]`: what is typed as it is, and what something is put in the place of. */
export function usage(declared: string): string {
  const parts = declared.match(/<[^>]*>|[[\]]|[^<[\]]+/g) ?? [];
  const isArgument = /^[<[]/.test(declared);
  return parts.map((part) => usagePart(part, isArgument)).join('');
}

function usagePart(part: string, isArgument: boolean): string {
  if (part === '[' || part === ']') return part;
  const [, name = part, dots = ''] = /^<?(.*?)(\.\.\.)?>?$/s.exec(part) ?? [];
  if (part.startsWith('<') || isArgument) return `${italic(name)}${dots}`;
  return part.replace(/[^\s,]+/g, bold);
}

export function section(title: string, content: string): string {
  // A heading begins a paragraph by itself.
  return `.SH ${title.toUpperCase()}\n${content.replace(/^\.PP\n/, '')}`;
}

/** @param title roff, of one line */
export function subsection(title: string, content: string): string {
  return `.SS "${title}"\n${content}`;
}

/** @param tag roff, of one line */
export function tagged(tag: string, text: string): string {
  return `.TP\n${tag}\n${prose(text)}`;
}

export function paragraph(text: string): string {
  return `.PP\n${prose(text)}`;
}

/** Lines as they are typed. */
export function example(lines: readonly string[]): string {
  return `.PP\n.RS 4\n.nf\n${lines.map((line) => `${literal(line)}\n`).join('')}.fi\n.RE\n`;
}
