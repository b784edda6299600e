import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Option, OptionSet, Program } from '@perfcollector/cli';
import { describe, expect, test } from 'vitest';

/** Old names of a variable, and what decides before there is an environment. */
const NOT_FOR_HERE = ['LISTENADDRESS'];

describe.each(['pcc', 'pcd'])('/etc/perfcollector/%s.env', (name) => {
  const text = readFileSync(new URL(`${name}.env`, import.meta.url), 'utf8');
  const used = parseEnv(text.replace(/^#(?=[A-Z])/gm, ''));

  test('sets nothing as it comes', () => {
    expect(parseEnv(text)).toEqual({});
    expect(Object.keys(used).length).toBeGreaterThan(10);
  });

  test('names every variable of the program, and no other', async () => {
    const known = (await optionsOf(name)).flatMap(({ env }) => env).filter((one) => !NOT_FOR_HERE.includes(one));
    expect(Object.keys(used).toSorted()).toEqual(known.toSorted());
  });

  test('has values that the program takes: what counts without them, or an example', async () => {
    const unit = readFileSync(new URL(`../systemd/${name}.service`, import.meta.url), 'utf8');
    const set = parseEnv(
      unit
        .match(/(?<=^Environment=).*/gm)
        ?.join('\n')
        .replaceAll(' ', '\n') ?? '',
    );
    for (const { env, fallback, isSecret, parse } of await optionsOf(name)) {
      const [variable = ''] = env;
      const value = used[variable];
      if (value === undefined) continue;
      if (!isSecret) expect(() => parse(value), variable).not.toThrow();
      expect(value, variable).toBe(set[variable] ?? (fallback || value));
    }
  });
});

/** Those of the command that the unit runs. */
async function optionsOf(name: string): Promise<Option<unknown>[]> {
  const { program } = (await import(`../../apps/${name}/src/program.ts`)) as { program: Program };
  const command = await program.commands.find(({ isDefault }) => isDefault)?.load();
  const options: OptionSet = command?.options ?? {};
  return Object.values(options).filter(({ env }) => env.length > 0);
}
