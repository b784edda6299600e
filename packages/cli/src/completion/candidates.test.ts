import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { choice, secret, text, toggle } from '../option.ts';
import { command, type Program } from '../program.ts';
import { candidatesFor } from './candidates.ts';

const color = choice({
  flag: '--color <name>',
  fallback: 'red',
  choices: ['red', 'rose', 'green'],
  about: 'Which. More.',
});
const paint = command({
  args: [
    { name: '<wall>', about: 'Which wall.', suggest: ({ place }) => [`${place}-north`, `${place}-south`] },
    { name: '[file...]', about: 'Pictures.' },
  ],
  options: {
    color,
    place: text({
      flag: '--place <name>',
      env: 'PLACE',
      fallback: 'home',
      about: 'Where.',
      suggest: () => ['home', 'hut'],
    }),
    key: secret({ flag: '-k, --key-file <path>', about: 'Key.' }),
    outdir: text({ flag: '--outdir <dir>', about: 'There.' }),
    tags: text({ flag: '--tag <word>', isList: true, about: 'Tag.' }),
    isWet: toggle({ flag: '--wet', about: 'Not dry.' }),
  },
  run: async () => {},
});
const hang = command({
  args: [{ name: '<picture>', about: '', suggest: () => Promise.reject(new Error('no server')) }],
  options: {},
  run: async () => {},
});
const serve = command({ options: { isWet: toggle({ flag: '--wet', about: 'Not dry.' }) }, run: async () => {} });

const program: Program = {
  name: 'house',
  version: '1',
  summary: '',
  commands: [
    { name: 'paint', summary: 'Paint a wall.', load: async () => paint },
    { name: 'picture hang', summary: 'Hang one.', load: async () => hang },
    { name: 'picture take', summary: 'Take one.', load: async () => hang },
    { name: 'serve', summary: 'Serve.', isDefault: true, load: async () => serve },
    { name: '__hidden', summary: '', isHidden: true, load: async () => serve },
  ],
};

/** What may stand at the end of a line, `_` for what is typed there. */
async function complete(line: string, env: Readonly<Record<string, string>> = {}) {
  const words = line.split(' ');
  const streams = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() };
  const io = { ...streams, env, signal: new AbortController().signal };
  return candidatesFor(program, { before: words.slice(0, -1), current: words.at(-1) ?? '' }, io);
}

const wordsOf = async (line: string, env?: Readonly<Record<string, string>>) =>
  (await complete(line, env)).words.map(({ word }) => word);

const lines: readonly [string, readonly string[]][] = [
  ['', ['paint', 'picture', 'serve', '--wet', '--env-file']],
  ['p', ['paint', 'picture']],
  ['picture ', ['hang', 'take']],
  ['picture h', ['hang']],
  ['picture x', []],
  ['__', []],
  ['--w', ['--wet']],
  ['paint --', ['--color', '--place', '--key-file', '--outdir', '--tag', '--wet', '--env-file']],
  ['paint --wet --tag a --', ['--color', '--place', '--key-file', '--outdir', '--tag', '--env-file']],
  ['paint --color ', ['red', 'rose', 'green']],
  ['paint --color r', ['red', 'rose']],
  ['paint --color=r', ['--color=red', '--color=rose']],
  ['paint --wet ', ['home-north', 'home-south']],
  ['paint --place hut ', ['hut-north', 'hut-south']],
  ['paint --place=hut hut-n', ['hut-north']],
  ['paint --place h', ['home', 'hut']],
  ['paint --outdir x ', ['home-north', 'home-south']],
  ['paint north ', []],
  ['serve ', ['--wet', '--env-file']],
  ['picture hang ', []],
  ['picture hang x ', []],
];

test.each(lines)('house %s| offers %j', async (line, words) => {
  expect(await wordsOf(line)).toEqual(words);
});

test('what is asked for follows the variables', async () => {
  expect(await wordsOf('paint ', { PLACE: 'hut' })).toEqual(['hut-north', 'hut-south']);
});

test.each([
  ['paint --key-file ', 'files'],
  ['paint -k ', 'files'],
  ['paint --outdir ', 'directories'],
  ['paint --outdir=', 'directories'],
  ['paint north ', 'files'],
  ['paint north a.png ', 'files'],
  ['paint --color ', 'none'],
  ['paint --tag ', 'none'],
  ['paint ', 'none'],
])('house %s| offers paths: %s', async (line, paths) => {
  expect((await complete(line)).paths).toBe(paths);
});

test('flags and commands are described in a sentence', async () => {
  const { words } = await complete('paint --col');
  expect(words).toEqual([{ word: '--color', about: 'Which.' }]);
  expect((await complete('pai')).words).toEqual([{ word: 'paint', about: 'Paint a wall.' }]);
  expect((await complete('pic')).words).toEqual([{ word: 'picture', about: 'hang, take' }]);
});
