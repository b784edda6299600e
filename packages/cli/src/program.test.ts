import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { UserError } from './errors.ts';
import { choice, duration, option, secret, text, toggle } from './option.ts';
import { type Command, command, type Program, runProgram } from './program.ts';

const directory = mkdtempSync(join(tmpdir(), 'cli-program-'));
afterAll(() => rmSync(directory, { recursive: true }));

const greet = command({
  args: [
    { name: '<who>', about: 'Whom to greet.' },
    { name: '[again...]', about: 'And whom else.' },
  ],
  options: {
    word: text({ flag: '-w, --word <word>', env: 'T_WORD', fallback: 'hello', about: 'What to say.' }),
    level: choice({ flag: '--level <level>', fallback: 'low', choices: ['low', 'high'], about: 'How.' }),
    longWait: duration({ flag: '--long-wait <duration>', env: 'T_WAIT', about: 'When.' }),
    isLoud: toggle({ flag: '--loud', env: 'T_LOUD', about: 'Shout.' }),
    key: secret({ flag: '--key-file <path>', env: 'T_KEY', about: 'The key.' }),
  },
  run: async ({ key, ...options }, { args }) => ({ ...options, hasKey: key !== undefined, args }),
  print: ({ word, args }) => `${word} ${args.join(' and ')}\n`,
});

const quiet = command({ options: {}, run: async () => 'nobody sees this' });
const half = command({
  options: {},
  run: async () => ({ isDone: false }),
  print: () => 'half\n',
  problems: () => ['one is missing', 'so is two'],
});
const launch = command({
  args: [
    { name: '<command>', about: 'What to run.' },
    { name: '[args...]', about: 'With these.' },
  ],
  takesCommandLine: true,
  options: {
    tags: option({
      flag: '--tag <list>',
      env: 'T_TAGS',
      isList: true,
      about: 'Tags.',
      parse: (list) => list.split(','),
    }),
  },
  run: async ({ tags }, { args }) => ({ tags, args }),
  print: (result) => `${JSON.stringify(result)}\n`,
  problems: () => ['one is missing'],
  exitCode: ({ args }) => args.length,
});
const failing = (error: unknown) => command({ options: {}, run: () => Promise.reject(error) });

const entry = (name: string, loaded: Command) => ({ name, summary: `Does ${name}.`, load: async () => loaded });

const program: Program = {
  name: 'prog',
  version: '1.2.3',
  summary: 'tries things out',
  commands: [
    entry('greet', greet as unknown as Command),
    entry('keys list', quiet),
    entry('keys make', quiet),
    entry('half', half as unknown as Command),
    entry('launch', launch as unknown as Command),
    entry('user-error', failing(new UserError('NO', 'it cannot be done', { hint: 'Do something else.' }))),
    entry('bug', failing(new TypeError('oops'))),
  ],
};

async function run(argv: readonly string[], env: Record<string, string> = {}, of: Program = program) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const signal = new AbortController().signal;
  const printed = Promise.all([readAll(stdout), readAll(stderr)]);
  const code = await runProgram(of, argv, { stdin, stdout, stderr, env, signal });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
}

test('a command gets its options and arguments, and what it returns is printed', async () => {
  expect(await run(['greet', 'a', 'b', '--word', 'bye'])).toEqual({ code: 0, stdout: 'bye a and b\n', stderr: '' });
});

test('a short flag is the long one', async () => {
  expect((await run(['greet', '-w', 'hi', 'a'])).stdout).toBe('hi a\n');
});

test('--json prints the result itself, with the options as they were understood', async () => {
  const argv = ['greet', 'a', '--json', '--level', 'high', '--long-wait=1m', '--loud'];
  const { code, stdout } = await run(argv, { T_KEY: 'sesame-sesame' });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    word: 'hello',
    level: 'high',
    longWait: 60_000,
    isLoud: true,
    json: true,
    hasKey: true,
    args: ['a'],
  });
});

test('flag, environment, file of variables, default: the strongest counts', async () => {
  const file = join(directory, 'words.env');
  writeFileSync(file, 'T_WORD=file\n');
  const env = { T_WORD: 'env' };
  expect((await run(['greet', 'a', '--env-file', file, '--word', 'flag'], env)).stdout).toBe('flag a\n');
  expect((await run(['greet', 'a', '--env-file', file], env)).stdout).toBe('env a\n');
  expect((await run(['greet', 'a', '--env-file', file], { T_WORD: '' })).stdout).toBe('file a\n');
  expect((await run(['greet', 'a'])).stdout).toBe('hello a\n');
});

test('a switch can be set by its variable', async () => {
  const { stdout } = await run(['greet', 'a', '--json'], { T_LOUD: '1' });
  expect(JSON.parse(stdout)).toMatchObject({ isLoud: true });
});

test('arguments behind -- are no flags', async () => {
  expect((await run(['greet', '--', '--word', '-x'])).stdout).toBe('hello --word and -x\n');
});

test('a command may have an exit code of its own; its problems are told all the same', async () => {
  const { code, stderr } = await run(['launch', 'a', 'b', 'c']);
  expect({ code, stderr }).toEqual({ code: 3, stderr: 'prog: one is missing\n' });
});

test.each([
  ['flags behind its first word are its own', ['--tag', 'x', 'make', '-j4', '--tag', 'y', '--', 'z']],
  ['and so is all that stands behind --', ['--tag', 'x', '--', 'make', '-j4', '--tag', 'y', '--', 'z']],
])('a command line of another program: %s', async (_, argv) => {
  const { stdout } = await run(['launch', ...argv]);
  expect(JSON.parse(stdout)).toEqual({ tags: ['x'], args: ['make', '-j4', '--tag', 'y', '--', 'z'] });
});

test('a flag that takes a list may stand several times', async () => {
  const { stdout } = await run(['launch', '--tag', 'a,b', '--tag', 'c', 'x'], { T_TAGS: 'z' });
  expect(JSON.parse(stdout)).toMatchObject({ tags: ['a', 'b', 'c'] });
});

const misuse: readonly [string, string[], RegExp, string][] = [
  ['an unknown command', ['frobnicate'], /there is no command "frobnicate"/, 'prog'],
  ['an unknown second word', ['keys', 'eat'], /there is no command "keys eat"/, 'prog'],
  ['an unknown flag in place of a command', ['--frobnicate'], /there is no command "--frobnicate"/, 'prog'],
  ['an unknown option', ['greet', 'a', '--frobnicate'], /unknown option '--frobnicate'/, 'prog greet'],
  ['an option without its value', ['greet', 'a', '--word'], /'-w, --word <word>' argument missing/, 'prog greet'],
  ['a missing argument', ['greet'], /missing required argument 'who'/, 'prog greet'],
  ['an excess argument', ['keys', 'list', 'more'], /too many arguments/, 'prog keys list'],
  ['--json where nothing is printed', ['keys', 'list', '--json'], /unknown option '--json'/, 'prog keys list'],
];

test.each(misuse)('%s is exit code 2, a sentence, and where to look', async (_, argv, sentence, see) => {
  const { code, stdout, stderr } = await run(argv);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(sentence);
  expect(stderr.split('\n')).toEqual([expect.stringMatching(/^prog: /), `  See ${see} --help.`, '']);
});

test.each([
  [['greet', 'a', '--level', 'middling'], {}, '--level: "middling" is not known; expected low, high'],
  [['greet', 'a', '--long-wait', '5'], {}, '--long-wait: "5" is no duration; expected'],
  [['greet', 'a'], { T_WAIT: '5' }, 'T_WAIT: "5" is no duration; expected'],
  [['greet', 'a'], { T_LOUD: 'maybe' }, 'T_LOUD: "maybe" is neither true nor false'],
] as const)('%j with %j is exit code 2 and names what is wrong', async (argv, env, sentence) => {
  const { code, stdout, stderr } = await run(argv, env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`prog: ${sentence}`);
});

test('what was not done is told on standard error and makes the exit code 1; what was done is printed', async () => {
  const stderr = 'prog: one is missing\nprog: so is two\n';
  expect(await run(['half'])).toEqual({ code: 1, stdout: 'half\n', stderr });
  const { code, stdout } = await run(['half', '--json']);
  expect({ code, result: JSON.parse(stdout) }).toEqual({ code: 1, result: { isDone: false } });
});

test('an error for people is a sentence on standard error and exit code 1', async () => {
  const stderr = 'prog: it cannot be done\n  Do something else.\n';
  expect(await run(['user-error'])).toEqual({ code: 1, stdout: '', stderr });
});

test('a bug is exit code 1 and shows where it happened', async () => {
  const { code, stdout, stderr } = await run(['bug']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^prog: unexpected error: TypeError: oops\n +at /);
});

test('a command without a text prints nothing', async () => {
  expect(await run(['keys', 'list'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each(['--help', '-h', 'help'])('%s lists the commands on standard output, and loads none', async (flag) => {
  const load = () => Promise.reject(new Error('loaded'));
  const unloadable = { ...program, commands: program.commands.map((command) => ({ ...command, load })) };
  const { code, stdout, stderr } = await run([flag], {}, unloadable);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^prog 1\.2\.3: tries things out\n/);
  for (const { name, summary } of program.commands)
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
});

test.each(['--version', '-V'])('%s is the name and the version on standard output', async (flag) => {
  expect(await run([flag])).toEqual({ code: 0, stdout: 'prog 1.2.3\n', stderr: '' });
});

test('the first word of commands of two words lists those, as a mistake', async () => {
  const { code, stdout, stderr } = await run(['keys']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('keys list');
  expect(stderr).toContain('keys make');
  expect(stderr).not.toContain('greet');
});

test('no command at all is a mistake, answered by the list of commands', async () => {
  const { code, stdout, stderr } = await run([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  for (const { name } of program.commands) expect(stderr).toContain(`  ${name} `);
});

test.each([
  [['greet', '--help'], 'prog greet'],
  [['greet', 'a', '-h'], 'prog greet'],
  [['keys', 'make', '--help'], 'prog keys make'],
  [['help', 'keys', 'make'], 'prog keys make'],
])('%j is the help of that command on standard output', async (argv, name) => {
  const { code, stdout, stderr } = await run(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Usage: ${name} [options]`);
  expect(stdout).toContain('--env-file <path>');
});

test('the help of a command tells of each option its flag, purpose, variable and default', async () => {
  const { stdout } = await run(['greet', '--help']);
  expect(stdout).toMatch(/-w, --word <word> +What to say\. \(T_WORD, default hello\)/);
  expect(stdout).toMatch(/--level <level> +How\. \(default low\)/);
  expect(stdout).toMatch(/--loud +Shout\. \(T_LOUD\)/);
  expect(stdout).toMatch(/--json +Print JSON/);
  expect(stdout).toMatch(/--key-file <path> +The key\. The flag names a file that holds it\. \(T_KEY\)/);
  expect(stdout).toMatch(/who +Whom to greet\./);
});

test('a command that prints nothing does not offer --json', async () => {
  expect((await run(['keys', 'list', '--help'])).stdout).not.toContain('--json');
});

const SECRET = 'sesame-0123456789';

test.each([
  [['greet', '--help']],
  [['greet']],
  [['greet', 'a', '--level', 'wrong']],
  [['greet', 'a', '--frobnicate']],
  [['bug']],
  [['user-error']],
  [['greet', 'a', '--json']],
  [['--help']],
  [['keys']],
])('a secret of the environment or of a file is not shown by %j', async (argv) => {
  const path = join(directory, 'key');
  writeFileSync(path, `${SECRET}-file\n`);
  const withFile = argv[0] === 'greet' ? [...argv, '--key-file', path] : argv;
  for (const all of [argv, withFile]) {
    const { stdout, stderr } = await run(all, { T_KEY: `${SECRET}-env` });
    expect(stdout + stderr).not.toContain(SECRET);
    expect(stdout + stderr).not.toBe('');
  }
});

test('there is no flag that takes a secret itself, and the attempt does not show it', async () => {
  const { code, stderr } = await run(['greet', 'a', '--key', SECRET]);
  expect(code).toBe(2);
  expect(stderr).toContain("unknown option '--key'");
  expect(stderr).not.toContain(SECRET);
});

const single: Program = {
  ...program,
  commands: [{ name: 'sample', summary: 'Sample.', isDefault: true, load: async () => greet }, ...program.commands],
};

test('the default command runs where flags come first, and it goes by the name of the program', async () => {
  expect((await run(['--word', 'bye', 'a'], {}, single)).stdout).toBe('bye a\n');
  expect((await run(['--frobnicate'], {}, single)).stderr).toMatch(/unknown option.*\n {2}See prog --help\./);
  expect((await run([], {}, single)).stderr).toMatch(/missing required argument 'who'\n {2}See prog --help\./);
});

test('the default command runs by its own name too', async () => {
  expect((await run(['sample', 'a'], {}, single)).stdout).toBe('hello a\n');
});

test('the help of a program with a default command shows its options and the list', async () => {
  const { code, stdout } = await run(['--help'], {}, single);
  expect(code).toBe(0);
  expect(stdout).toMatch(/-w, --word <word> +What to say\. \(T_WORD, default hello\)/);
  expect(stdout).toContain('  keys make ');
});

test('a word that is no command is not taken for an argument of the default command', async () => {
  const { code, stderr } = await run(['frobnicate'], {}, single);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no command "frobnicate"');
});

test('where the default command has no name, words are its arguments', async () => {
  const nameless = {
    ...program,
    commands: [{ name: '', summary: 'Greet.', isDefault: true, load: async () => greet }],
  } satisfies Program;
  expect((await run(['a', 'b'], {}, nameless)).stdout).toBe('hello a and b\n');
});
