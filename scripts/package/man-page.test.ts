import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, command, type Manual, type Program, secret, text, toggle } from '@perfcollector/cli';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { loadProgram, PROGRAMS } from '../declared-options.ts';
import { manPageOf, renderManPage } from './man-page.ts';
import { example, paragraph, prose, tagged, usage } from './roff.ts';

const RELEASE = { version: '9.8.7', date: '2026-11-21' };
const directory = mkdtempSync(join(tmpdir(), 'man-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(tool: string, args: readonly string[], input?: string): string {
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFSEQ: '' };
  const { status, stdout, stderr } = spawnSync(tool, args, { env, cwd: directory, input, encoding: 'utf8' });
  expect({ tool, status, stderr }).toEqual({ tool, status: 0, stderr: '' });
  return stdout;
}

/** What a reader of the page sees, in one line. */
function read(page: string): string {
  writeFileSync(join(directory, 'x.1'), page);
  return oneLine(run('man', ['--local-file', './x.1']));
}

function oneLine(words: string): string {
  return words.replace(/\s+/g, ' ').trim();
}

/** As lintian has it checked; both tools also warn of what they mend. */
function lint(page: string): void {
  writeFileSync(join(directory, 'x.1'), page);
  run('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', './x.1']);
  expect(run('mandoc', ['-Tlint', './x.1'])).toBe('');
}

describe.each(PROGRAMS)('the manual page of %s', (name) => {
  test('is what groff and mandoc take without a warning', async () => {
    lint(await manPageOf(name, RELEASE));
  });

  test('has every command, argument, option and variable, in the words of the help', async () => {
    const page = read(await manPageOf(name, RELEASE));
    for (const { name: words, summary, load, isHidden } of (await loadProgram(name)).commands) {
      if (isHidden || words === '') continue;
      const { options, args = [] }: Command = await load();
      expect(page).toMatch(new RegExp(`${name} \\[?${words}\\]? \\[option\\.\\.\\.\\]`));
      expect(page).toContain(plain(summary));
      for (const { name: argument, about } of args) expect(page).toContain(`${bare(argument)} ${plain(about)}`);
      for (const { flag, about, env } of Object.values(options)) {
        const heads = [bare(flag), `${bare(flag)}, ${flag.replace('--', '--no-')}`];
        expect(
          heads.some((head) => page.includes(`${head} ${plain(about)}`)),
          flag,
        ).toBe(true);
        for (const variable of env) expect(page).toMatch(new RegExp(`ENVIRONMENT .* ${variable} \\S.* FILES `));
      }
    }
    for (const flag of ['--env-file path', '--json', '--help', '--version']) expect(page).toContain(` ${flag} `);
  });

  test('tells its release, and nothing of the moment that it was made', async () => {
    const page = await manPageOf(name, RELEASE);
    expect(read(page)).toMatch(new RegExp(`perfcollector 9\\.8\\.7 2026-11-21 ${name.toUpperCase()}\\(1\\)$`));
    expect(await manPageOf(name, RELEASE)).toBe(page);
  });
});

/** Without the marks that stand for type. */
function plain(words: string): string {
  return oneLine(words.replace(/`([^`]+)`/g, '$1'));
}

function bare(declared: string): string {
  return declared.replace(/[<>]/g, '');
}

const small = command({
  args: [{ name: '[file...]', about: 'Which.' }],
  options: {
    key: secret({ flag: '--key-file <path>', env: ['T_KEY', 'OLD_KEY'], about: 'The key.' }),
    word: text({ flag: '-w, --word <word>', env: 'T_WORD', fallback: "it's", choices: ['a', "it's"], about: 'Which.' }),
    loud: toggle({ flag: '--loud', env: 'T_LOUD', about: 'Shout.' }),
  },
  run: async () => {},
});
const other = command({ options: { loud: small.options.loud }, run: async () => {} });
const manual: Manual = { description: ['All.'], variables: {}, files: {}, examples: [], seeAlso: ['x(5)'] };
const program: Program = {
  name: 'pcx',
  version: '1',
  summary: 'tries .this - and \\that',
  commands: [
    { name: 'one', summary: 'Does one.', load: async () => small },
    { name: 'two', summary: 'Does two.', load: async () => other },
    { name: '__three', summary: 'Secretly.', isHidden: true, load: async () => small },
  ],
};

test('an option of one command stands there, one of several among the options', async () => {
  const page = read(await renderManPage(program, manual, RELEASE));
  const [, commands, options] = /COMMANDS (.*) OPTIONS (.*) ENVIRONMENT/.exec(page) ?? [];
  expect(commands).toContain(
    "-w, --word word Which. One of: a, it's. Default: it's. Variable: T_WORD. See OPTIONS for --loud, --env-file.",
  );
  expect(commands).toContain('--key-file path The key. The flag names a file that holds it. Variable: T_KEY, OLD_KEY.');
  expect(options).toContain('--loud Shout. Variable: T_LOUD.');
  expect(options).not.toContain('--word');
});

test('variables tell what they are besides their flags', async () => {
  const page = read(await renderManPage(program, manual, RELEASE));
  expect(page).toContain('T_KEY What the file of --key-file holds. OLD_KEY As T_KEY, which goes before it.');
  expect(page).toContain('T_LOUD true or false, 1 or 0. See --loud.');
});

test('a hidden command is in no page', async () => {
  expect(read(await renderManPage(program, manual, RELEASE))).not.toMatch(/__three|Secretly/);
});

test('a date that is none is refused', async () => {
  await expect(manPageOf('pcc', { ...RELEASE, date: 'today' })).rejects.toThrow(
    '"today" is no date; expected 2026-11-21',
  );
});

/** What roff would take for a command, an escape, another letter or another typeface. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '.',
        "'",
        '\\',
        '-',
        '`',
        '"',
        '^',
        '~',
        ' ',
        '\n',
        '.SH',
        '\\fB',
        '\\"',
        '.\\"',
        '\\(aq',
        '\\*(x',
        "'br",
      ),
      fc.constantFrom(
        'ä',
        'ß',
        '–',
        '’',
        '€',
        '名',
        '😀',
        '%',
        '@',
        '#',
        '$',
        '\\n',
        '\t',
        '{',
        '|',
        '--no-x',
        'word. ',
        '!',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map((parts) => parts.join(''))
  .filter((words) => words.trim() !== '');

/** Set by groff on one endless line a paragraph, without type. */
function set(content: string): string[] {
  const page = `.TH X 1 2026-11-21\n.nh\n.ad l\n.SH ALL\n${content}`;
  const shown = run('groff', ['-man', '-Tutf8', '-ww', '-P-cbou', '-rLL=30000n', '-rHY=0'], page);
  return shown.split('\n').map(oneLine).filter(Boolean).slice(2, -1);
}

test('no text is taken for roff, wherever a line begins', () => {
  const law = fc.property(fc.array(nasty, { minLength: 30, maxLength: 30 }), (texts) => {
    const shown = set(texts.map((words, at) => paragraph(`@${at} ${words}`)).join(''));
    expect(shown).toEqual(texts.map((words, at) => plain(`@${at} ${words}`)));
  });
  fc.assert(law, { numRuns: 15 });
});

test('no text is taken for roff, at the beginning of an entry, as its tag, or in an example', () => {
  const law = fc.property(fc.array(nasty, { minLength: 10, maxLength: 10 }), (texts) => {
    for (const words of texts) expect(prose(words)).not.toMatch(/^[.']/m);
    const shown = set(texts.map((words) => `${tagged(usage('--x'), `x ${words}`)}${example([words])}`).join(''));
    const want = texts.flatMap((words) => [plain(`--x x ${words}`), oneLine(words)]);
    expect(shown).toEqual(want);
  });
  fc.assert(law, { numRuns: 15 });
});
