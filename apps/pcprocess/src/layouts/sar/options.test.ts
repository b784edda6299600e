import { expect, test } from 'vitest';
import { testPlace } from '../../test-run.ts';
import { readContainerNames } from './options.ts';

const place = testPlace();

test('names of containers are a JSON object of names', () => {
  const path = place.file('names.json', '{\n  "c699f0b00fb8": "web"\n,\n  "942b476921d8": "db"\n\n}\n');
  expect([...readContainerNames(path)]).toEqual([
    ['c699f0b00fb8', 'web'],
    ['942b476921d8', 'db'],
  ]);
  expect(readContainerNames(undefined).size).toBe(0);
});

test.each(['', '[]', '"a"', 'null', '{}', '{"a": 1}', '{"a": "b"'])('%j holds no names', (text) => {
  const path = place.file('names.json', text);
  expect(() => readContainerNames(path)).toThrow(`${path} holds no names of containers`);
});

test('a file of names that is not there is told', () => {
  expect(() => readContainerNames('/no/such/file')).toThrow(
    'cannot read the names of containers in /no/such/file: no such file or directory',
  );
});
