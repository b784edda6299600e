import { readdirSync, readFileSync } from 'node:fs';
import { hostRoot } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import type { GroupSpec } from '../../types.ts';
import { groups, parseNetstat } from './parse.ts';

const HOSTS = hostRoot('');

describe.each(['/', ...readdirSync(HOSTS).map((name) => `${HOSTS}${name}`)])('/proc/net/netstat of %s', (root) => {
  const text = readFileSync(`${root}/proc/net/netstat`, 'utf8');

  test.each(Object.entries<GroupSpec>(groups))('gives of %s what splitting at blanks gives', (protocol, spec) => {
    const [names = [], values = []] = text
      .split('\n')
      .filter((line) => line.startsWith(`${protocol}: `))
      .map((line) => line.split(' '));
    const want = spec.fields.flatMap(({ stat, kernel }) =>
      names.includes(kernel) ? [[`${spec.group}_${stat}`, Number(values[names.indexOf(kernel)])]] : [],
    );
    const got = Object.entries(parseNetstat(text)).filter(([name]) => name.startsWith(`${spec.group}_`));
    expect(Object.fromEntries(got)).toStrictEqual(Object.fromEntries(want));
  });
});
