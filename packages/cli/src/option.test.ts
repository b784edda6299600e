import { expect, test } from 'vitest';
import { choice, duration, longName, option, secret, text, toggle } from './option.ts';

test('a choice takes its words and nothing else, and says which there are', () => {
  const mode = choice({ flag: '--mode <mode>', about: 'Mode.', fallback: 'local', choices: ['local', 'trickle'] });
  expect(mode.parse('trickle')).toBe('trickle');
  for (const wrong of ['', 'Local', 'local ', 'loc', 'toString'])
    expect(() => mode.parse(wrong)).toThrow(`${JSON.stringify(wrong)} is not known; expected local, trickle`);
});

test('a switch is set by 1, true, 0, false and nothing else', () => {
  const loud = toggle({ flag: '--loud', about: 'Loud.' });
  expect(['1', 'true', '0', 'false'].map(loud.parse)).toEqual([true, true, false, false]);
  for (const wrong of ['yes', 'TRUE', '2', '']) expect(() => loud.parse(wrong)).toThrow(/neither true nor false/);
});

test('a duration is in milliseconds, and its message shows what one looks like', () => {
  const wait = duration({ flag: '--wait <duration>', about: 'Wait.' });
  expect(wait.parse('1h30m')).toBe(5_400_000);
  expect(() => wait.parse('banana')).toThrow('"banana" is no duration; expected one such as 250ms 15s');
});

test('a duration that is too short is refused, the shortest is not', () => {
  const wait = duration({ flag: '--wait <duration>', about: 'Wait.', least: '10ms' });
  expect(wait.parse('10ms')).toBe(10);
  expect(() => wait.parse('9ms')).toThrow('9ms is too short; expected 10ms or more');
  expect(wait.parse('infinity')).toBe(Number.POSITIVE_INFINITY);
});

test('an option remembers its variables, its fallback and that it is no secret', () => {
  const port = option({ flag: '--port <port>', env: ['A', 'B'], about: 'Port.', fallback: '1', parse: Number });
  expect(port).toMatchObject({ flag: '--port <port>', env: ['A', 'B'], fallback: '1', isSecret: false });
  expect(text({ flag: '--x <x>', env: 'X', about: 'X.' })).toMatchObject({ env: ['X'], fallback: undefined });
});

test('a secret is one and has no fallback', () => {
  expect(secret({ flag: '--key-file <path>', env: 'KEY', about: 'Key.' })).toMatchObject({
    env: ['KEY'],
    isSecret: true,
    fallback: undefined,
  });
});

const flags: readonly [string, string][] = [
  ['--server <url>', 'server'],
  ['--env-file <path>', 'env-file'],
  ['-o, --output <file>', 'output'],
  ['--json', 'json'],
];

test.each(flags)('the long name of %s is %s', (flag, name) => {
  expect(longName(flag)).toBe(name);
});
