import { UsageError } from '../errors.ts';
import { command, type Program } from '../program.ts';
import { type Candidates, candidatesFor, type Typed } from './candidates.ts';
import { SHELLS, scriptFor } from './scripts.ts';

const shellArgument = { name: '<shell>', about: `${SHELLS.join(', ')}.`, suggest: () => SHELLS };

/** Prints what a shell needs to complete command lines of the program. */
export function completionOf({ name }: Program) {
  return command({
    args: [shellArgument],
    options: {},
    async run(_, { args: [word] }) {
      const shell = SHELLS.find((known) => known === word);
      if (shell === undefined)
        throw new UsageError(`${JSON.stringify(word)} is not a shell known here`, `Expected ${SHELLS.join(', ')}.`);
      return { shell, script: scriptFor(shell, name) };
    },
    print: ({ script }) => script,
  });
}

/** What those scripts ask. */
export function candidatesOf(program: Program) {
  return command({
    takesCommandLine: true,
    args: [shellArgument, { name: '[word...]', about: 'The command line up to the cursor.' }],
    options: {},
    async run(_, { io, args: [shell, ...words] }) {
      const typed = shell === 'bash' ? splitLine(words[0] ?? '') : typedOf(words);
      const found = await candidatesFor(program, typed, io);
      io.stdout.write(linesOf(shell === 'bash' ? behindBreak(found, typed.current) : found));
    },
  });
}

function typedOf(words: readonly string[]): Typed {
  return { before: words.slice(0, -1), current: words.at(-1) ?? '' };
}

/** As a shell splits words, less what it does with variables and the like. The first is the program's name. */
function splitLine(line: string): Typed {
  const words = Array.from(line.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'?|"(?:[^"\\]|\\.)*"?)+/g), ([word]) =>
    unquoted(word),
  );
  return typedOf(/\s$/.test(line) ? [...words.slice(1), ''] : words.slice(1));
}

function unquoted(word: string): string {
  return word.replace(/\\(.)|['"]/g, '$1');
}

/** Bash replaces what stands behind the last = or : alone. */
function behindBreak({ words, paths }: Candidates, current: string): Candidates {
  const length = current.search(/[^=:]*$/);
  return { words: words.map(({ word, about }) => ({ word: word.slice(length), about })), paths };
}

function linesOf({ words, paths }: Candidates): string {
  return [...words.map(({ word, about }) => `${word}\t${about}`), `:${paths}`].map((line) => `${line}\n`).join('');
}
