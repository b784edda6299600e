/** Syntax by dockerfile-utils; then the rules of hadolint (in brackets) and of this project that matter here. */
import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { loadProgram } from '../../scripts/declared-options.ts';
import { unknownVariables } from '../test-variables.ts';
import { allInstructions, effective, healthCommand, stagesOf, variablesOf } from './test-dockerfile.ts';

const text = readFileSync(new URL('Dockerfile', import.meta.url), 'utf8');
const stages = stagesOf(text);
const instructions = allInstructions(text);
const programs = ['pcc', 'pcd', 'tools'];

const last = (stage: string, keyword: string) => effective(stages, stage, keyword);

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
      expect(last(stage, 'USER')).toBe('65532:65532');
      expect(last(stage, 'STOPSIGNAL')).toBe('SIGTERM');
      expect(JSON.parse(last(stage, 'ENTRYPOINT') ?? '')).toEqual([expect.stringMatching(/^\/usr\/bin\/pc/)]);
      expect(stages.get(stage)?.base).toBe('suite');
      expect(stages.get('suite')?.base).toBe('scratch');
    },
  );

  it.each(['pcc', 'pcd'])(
    '%s keeps what it writes in one volume, and is asked how it does without a shell',
    async (stage) => {
      const volume = last(stage, 'VOLUME');
      expect(volume).toBe(`/var/lib/${stage}`);
      const [path, command] = healthCommand(stages, stage);
      const { commands } = await loadProgram(path === '/usr/bin/pcc' ? 'pcc' : 'pcctl');
      expect(path).toMatch(/^\/usr\/bin\/(pcc|pcctl)$/);
      expect(commands.map(({ name }) => name)).toContain(command);
      const places = Object.values(variablesOf(stages, stage)).filter((value) => /^\/(?!usr\/bin$)/.test(value));
      expect(places.filter((place) => !place.startsWith(`${volume}`))).toEqual([]);
    },
  );

  it('sets variables that the programs know', async () => {
    const names = [...stages.keys()].flatMap((stage) => Object.keys(variablesOf(stages, stage)));
    expect(names).toContain('PCD_HOME');
    expect(await unknownVariables(names.filter((name) => name !== 'PATH' && name !== 'SQLITE_TMPDIR'))).toEqual([]);
  });
});
