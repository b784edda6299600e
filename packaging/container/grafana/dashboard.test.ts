import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeField } from '@perfcollector/procfs';
import { bin, hasVictoriaMetrics } from '@perfcollector/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboard } from './dashboard.ts';
import { DASHBOARD_FILE } from './dashboard-file.ts';
import { KNOWN, knownSamples } from './test-known-machine.ts';
import { type Series, type Stack, startStack } from './test-stack.ts';

interface Shown {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const text = readFileSync(DASHBOARD_FILE, 'utf8');
const provisioned = JSON.parse(text) as Omit<ReturnType<typeof dashboard>, 'panels'> & { panels: readonly Shown[] };
const panels = provisioned.panels.filter(({ type }) => type !== 'row');
const variables = provisioned.templating.list.filter((variable) => 'definition' in variable);
const [annotation] = provisioned.annotations.list;

describe('the dashboard', () => {
  it('is what its description makes (else: node packaging/container/grafana/write-dashboard.ts)', () => {
    expect(provisioned).toEqual(JSON.parse(JSON.stringify(dashboard())));
  });

  it('asks for fields of the catalogue alone', () => {
    const names = [...text.matchAll(/perfcollector_[^\\"{\s,[]+(?:\{(?:disk|interface)\}[^\\"{\s,[]+)?/g)].map(
      ([name]) => name,
    );
    const fields = names.flatMap(fieldsNamedBy);
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter((field) => describeField(field) === undefined)).toEqual([]);
  });

  it('has its panels beside and below each other, none over another', () => {
    const cells = provisioned.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(provisioned.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  it('is told of every panel that the known machine shows it', () => {
    expect(Object.keys(KNOWN)).toEqual(panels.map(({ title }) => title));
  });
});

/** What a metric's name or pattern of names stands for, with a device where there may be any. */
function fieldsNamedBy(pattern: string): string[] {
  const name = pattern.replace(/^perfcollector_/, '').replace(/\$\/?$/, '');
  const one = name.replace(/\(?\.\+\)?|\$\{\w+\}/, 'any');
  const [, before = '', choices, after = ''] = /^([^(]*)\((.+)\)(.*)$/.exec(one) ?? [];
  if (choices !== undefined) return choices.split('|').map((choice) => `${before}${choice}${after}`);
  return one === 'cpu_any' ? ['cpu_user'] : [one];
}

describe.skipIf(!hasVictoriaMetrics)('every query of it, asked of a VictoriaMetrics behind a pcd', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const asked = async (panel: Shown, machine: string, at: number) => {
    const lines = await Promise.all(
      (panel.targets ?? []).map(async ({ expr, legendFormat }) => {
        const series = await stack.ask(expr, machine, at);
        return series.map((one): [string, Series] => [legendOf(legendFormat, one.metric), one]);
      }),
    );
    return lines.flat();
  };

  describe('filled with known numbers', () => {
    const end = Math.floor(Date.now() / 1000) - 1;
    beforeAll(async () => {
      await stack.send('known01', knownSamples(end));
      await stack.flush();
    });

    it.each(panels)('$title shows them', async (panel) => {
      const shown = await asked(panel, 'known01', end);
      const values = shown.map(([legend, { values }]) => [legend, Number(values.at(-1)?.[1])]);
      const wanted = Object.entries(KNOWN[panel.title] ?? {}).map(([legend, value]) => [
        legend,
        expect.closeTo(value, 6),
      ]);
      expect(Object.fromEntries(values)).toEqual(Object.fromEntries(wanted));
      expect(shown).toHaveLength(wanted.length);
    });

    it('its variables offer what there is', async () => {
      const offered = await Promise.all(
        variables.map(async (variable) => {
          const values = await stack.labels(String(variable.definition), 'known01');
          const regex = 'regex' in variable ? new RegExp(String(variable.regex).slice(1, -1)) : /(.*)/;
          return [variable.name, values.map((value) => regex.exec(value)?.[1])];
        }),
      );
      expect(Object.fromEntries(offered)).toEqual({
        tenant: ['default'],
        machine: expect.arrayContaining(['known01']),
        disk: ['vg0-root'],
        interface: ['eth0'],
      });
    });
  });

  it('filled by a real pcc, shows every panel that this host has numbers for, and its marks', async () => {
    const control = join(stack.directory, 'control.sock');
    const key = join(stack.directory, 'agent.key');
    writeFileSync(key, stack.adminKey);
    const setup = `--mode trickle --server ${stack.server} --apikey-file ${key} --spool ${join(stack.directory, 'spool')}`;
    const pace = `--identifier real01 --frequency 250ms --duration 5s --control ${control}`;
    const pcc = spawn(bin('pcc'), `${setup} ${pace}`.split(' '), { stdio: 'ignore' });
    const ended = once(pcc, 'exit');
    const mark = () => promisify(execFile)(bin('pcc'), ['mark', 'deploy "42" is out', '--control', control]);
    await expect.poll(mark, { interval: 200 }).toMatchObject({ stdout: expect.stringContaining('real01') });
    expect(await ended).toEqual([0, null]);
    await stack.flush();

    const now = Date.now() / 1000;
    const empty = await Promise.all(
      panels.map(async (panel) => ((await asked(panel, 'real01', now)).length > 0 ? [] : panel.title)),
    );
    const mayBeEmpty = ['Disk wait', ...(existsSync('/proc/pressure/cpu') ? [] : ['Pressure'])];
    expect(empty.flat().filter((title) => !mayBeEmpty.includes(title))).toEqual([]);

    const marks = await stack.ask(annotation?.expr ?? '', 'real01', now);
    expect(marks.map(({ metric }) => metric.mark)).toEqual(['deploy \\"42\\" is out']);
    const times = marks.flatMap(({ values }) => values.map(([, value]) => Number(value) / 1000));
    expect(times).toEqual([expect.closeTo(now - 4, -1)]);
  });
});

function legendOf(format: string, metric: Series['metric']): string {
  return format.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
}
