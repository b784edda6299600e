import { readFileSync } from 'node:fs';
import { systemError, text, UserError } from '@perfcollector/cli';
import type { ContainerNames } from './containers.ts';

/** What the sar layout takes. */
export const sarOptions = {
  containerNames: text({
    flag: '--container-names <file>',
    about:
      'Names of containers for the layout sar: a JSON object with a name for each id, whole or its first twelve characters.',
  }),
};

const EXPECTED = 'Expected one JSON object such as {"942b476921d8": "web"}.';

/** None where no file is named. @throws UserError */
export function readContainerNames(path: string | undefined): ContainerNames {
  if (path === undefined) return new Map();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw systemError(`read the names of containers in ${path}`, error);
  }
  const names = Object.entries(parse(text) ?? {});
  if (names.length === 0 || !names.every((entry): entry is [string, string] => typeof entry[1] === 'string'))
    throw new UserError('BAD_NAMES', `${path} holds no names of containers`, { hint: EXPECTED });
  return new Map(names);
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
