import { readdirSync, readFileSync } from 'node:fs';
import { hostRoot } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import type { GroupSpec } from '../../types.ts';
import { groups, parseSnmp } from './parse.ts';

const HOSTS = hostRoot('');

describe.each(['/', ...readdirSync(HOSTS).map((name) => `${HOSTS}${name}`)])('/proc/net/snmp of %s', (root) => {
  const text = readFileSync(`${root}/proc/net/snmp`, 'utf8');

  test.each(Object.entries<GroupSpec>(groups))('gives of %s what splitting at blanks gives', (protocol, spec) => {
    const [names = [], values = []] = text
      .split('\n')
      .filter((line) => line.startsWith(`${protocol}: `))
      .map((line) => line.split(' '));
    const want = spec.fields.flatMap(({ stat, kernel }) =>
      names.includes(kernel) ? [[`${spec.group}_${stat}`, Number(values[names.indexOf(kernel)])]] : [],
    );
    const got = Object.entries(parseSnmp(text)).filter(([name]) => name.startsWith(`${spec.group}_`));
    expect(Object.fromEntries(got)).toStrictEqual(Object.fromEntries(want));
  });
});

test('settings of TCP are no fields, and a limit of -1 is no error', () => {
  const text = 'Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens CurrEstab\nTcp: 1 200 120000 -1 898 5\n';
  expect(parseSnmp(text)).toStrictEqual({ tcp_active_opens: 898, tcp_curr_estab: 5 });
});
