#!/usr/bin/env -S node --v8-pool-size=0 --max-semi-space-size=1 --no-maglev --
// One thread of V8 for its own work instead of four; a young generation that stays small, for a tick throws away 15 KB; and
// one optimising compiler instead of two. Node 26 at 10 ms, 1,200 samples of 745 fields, anonymous memory and all, MB:
// with a young generation of 2 MB 17.6 and 66.1, of 1 MB 16.1 and 64.5, of 1 MB and with Maglev 17.8 and 68.1, at the same
// processor time. With no optimising compiler 14.9 and 56.1, at three times the processor time. Nothing gained with
// --optimize-for-size, --max-lazy, --single-threaded.
// pnpm copies the flags into node_modules/.bin when it links: after a change here and in ../bin, `pnpm rebuild`.
// The -- keeps --env-file from Node, which would take it for its own.
import { runBin } from '@perfcollector/cli';
import { main } from './main.ts';

await runBin(main);
