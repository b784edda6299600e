import { expect, test } from 'vitest';
import { readRelease } from './release.ts';
import { hostOf } from './test-host.ts';

test.each([
  ['PRETTY_NAME="A B"\nNAME=A\nID=a\nVERSION_ID="1.2"\n', { os: 'A B', os_id: 'a', os_version: '1.2' }],
  ["NAME='Just A'\nPRETTY_NAME_X=no\nID_LIKE=b\n", { os: 'Just A' }],
  ['PRETTY_NAME=Unquoted\n', { os: 'Unquoted' }],
  ['PRETTY_NAME="The \\"A\\" for \\$5"\n', { os: 'The "A" for $5' }],
  ['NAME="Arch Linux"\nID=arch\nVERSION_ID=""\n', { os: 'Arch Linux', os_id: 'arch' }],
  ['# PRETTY_NAME=comment\n', {}],
  ['', {}],
])('os-release %j names %j', (text, want) => {
  expect(readRelease(hostOf({ '/usr/lib/os-release': text }))).toStrictEqual(want);
});

test('the file in /etc goes before the one in /usr/lib', () => {
  const host = hostOf({ '/etc/os-release': 'ID=ours\n', '/usr/lib/os-release': 'ID=theirs\n' });
  expect(readRelease(host)).toStrictEqual({ os_id: 'ours' });
});
