/** Syntax by dockerfile-utils; then the rules of hadolint (in brackets) and of this project that matter here. */
import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { loadProgram } from '../../scripts/declared-options.ts';
import { unknownVariables } from '../test-variables.ts';
import { allInstructions, type Instruction, stagesOf } from './test-dockerfile.ts';

const text = readFileSync(new URL('Dockerfile', import.meta.url), 'utf8');
const stages = stagesOf(text);
const instructions = allInstructions(text);
const programs = ['pcc', 'pcd', 'tools'];

/** The last one of its kind that holds for a stage: its own, or that of the stage that it is made of. */
function effective(stage: string, keyword: string): Instruction | undefined {
  const { base, instructions: own = [] } = stages.get(stage) ?? {};
  const last = own.findLast((instruction) => instruction.keyword === keyword);
  return last ?? (base === undefined ? undefined : effective(base, keyword));
}

describe('the Dockerfile', () => {
  it('is one', () => {
    expect(validate(text)).toEqual([]);
  });

  it('names the version of every base [DL3006, DL3007]', () => {
    const bases = [...stages.values()]
      .map(({ base }) => base)
      .filter((base) => base !== 'scratch' && !stages.has(base));
    expect(bases).toEqual([expect.stringMatching(/^docker\.io\/library\/node:\d+\.\d+\.\d+-bookworm-slim$/)]);
  });

  it('copies only from its own stages and the context [DL3020, DL3022]', () => {
    expect(instructions.filter(({ keyword }) => keyword === 'ADD')).toEqual([]);
    const from = instructions.flatMap(({ words }) => /--from=(\S+)/.exec(words)?.[1] ?? []);
    expect(from.filter((stage) => !stages.has(stage))).toEqual([]);
  });

  it('installs without recommendations, without questions, and leaves no lists behind [DL3009, DL3014, DL3015]', () => {
    const installing = instructions.filter(({ words }) => /apt-get (install|download)/.test(words));
    expect(installing).not.toEqual([]);
    for (const { words } of installing) {
      expect(words).toContain('rm -rf /var/lib/apt/lists/*');
      if (words.includes('apt-get install')) expect(words).toMatch(/apt-get install -y --no-install-recommends/);
    }
  });

  it('ends at the first command that fails, in pipes too [DL4006], and names directories in full [DL3000, DL3003]', () => {
    for (const { instructions: own } of stages.values()) {
      const runs = own.some(({ keyword }) => keyword === 'RUN');
      const shell = own.find(({ keyword }) => keyword === 'SHELL')?.words;
      expect(shell).toEqual(runs ? '["/bin/bash", "-o", "errexit", "-o", "pipefail", "-c"]' : undefined);
    }
    const directories = instructions.filter(({ keyword }) => keyword === 'WORKDIR').map(({ words }) => words);
    expect(directories.filter((directory) => !directory.startsWith('/'))).toEqual([]);
    expect(instructions.filter(({ words }) => /(^|[;&|] *)(cd|sudo) /.test(words))).toEqual([]);
  });

  it('puts no secret into a layer', () => {
    const set = instructions.filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG');
    expect(set.filter(({ words }) => /KEY=|PASSWORD|TOKEN|SECRET/.test(words))).toEqual([]);
  });

  it.each(programs)(
    '%s is without shell, runs as a number that is not root, and is started as itself [DL3002, DL3025]',
    (stage) => {
      expect(effective(stage, 'USER')?.words).toBe('65532:65532');
      expect(effective(stage, 'STOPSIGNAL')?.words).toBe('SIGTERM');
      expect(JSON.parse(effective(stage, 'ENTRYPOINT')?.words ?? '')).toEqual([
        expect.stringMatching(/^\/usr\/bin\/pc/),
      ]);
      expect(stages.get(stage)?.base).toBe('suite');
      expect(stages.get('suite')?.base).toBe('scratch');
    },
  );

  it.each(['pcc', 'pcd'])(
    '%s keeps what it writes in one volume, and is asked how it does without a shell',
    async (stage) => {
      const volume = effective(stage, 'VOLUME')?.words;
      expect(volume).toBe(`/var/lib/${stage}`);
      const check = JSON.parse(
        /CMD (\[.*\])$/.exec(effective(stage, 'HEALTHCHECK')?.words ?? '')?.[1] ?? '',
      ) as string[];
      const [path, command] = check;
      const { commands } = await loadProgram(path === '/usr/bin/pcc' ? 'pcc' : 'pcctl');
      expect(path).toMatch(/^\/usr\/bin\/(pcc|pcctl)$/);
      expect(commands.map(({ name }) => name)).toContain(command);
      const places = [...(effective(stage, 'ENV')?.words ?? '').matchAll(/=(\/\S+)/g)].map(([, place]) => place);
      expect(places.filter((place) => !place?.startsWith(`${volume}`))).toEqual([]);
    },
  );

  it('sets variables that the programs know', async () => {
    const names = instructions.flatMap(({ keyword, words }) =>
      keyword === 'ENV' ? [...words.matchAll(/(?:^|\s)(\w+)=/g)].map(([, name = '']) => name) : [],
    );
    expect(await unknownVariables(names.filter((name) => name !== 'PATH'))).toEqual([]);
  });
});
