import { expect, test } from 'vitest';
import { listenersIn } from './own-server.ts';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 3184 1 0000000000000000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1530 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000    33        0 4711 1 0000000000000000 20 4 30 10 -1
`;

test.each([
  ['who listens', TCP, 8080, [1000]],
  ['root', TCP, 22, [0]],
  ['nobody', TCP, 8081, []],
  ['nobody in an empty table', '', 8080, []],
  ['nobody in a line that broke off', TCP.slice(0, 130), 8080, []],
])('the table of connections tells %s', (_, text, port, users) => {
  expect(listenersIn(text, port)).toEqual(users);
});
