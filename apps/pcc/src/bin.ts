#!/usr/bin/env -S node --v8-pool-size=0 --max-semi-space-size=2 --
// One thread of V8 for its own work instead of four; a young generation that stays small, but not so small that what a
// tick throws away grows old first. Node 26, 3,800 samples: anonymous memory 32.8 MB without flags, 31.7 with 1 MB of young
// generation, 22.7 with 2, 24.6 with 4. Not worth their price: --optimize-for-size, --max-lazy, --single-threaded (nothing
// gained), --no-opt --no-maglev (a third more processor time), --gc-global (17 MB, almost four times the processor time).
// pnpm copies the flags into node_modules/.bin when it links: after a change here and in ../bin, `pnpm rebuild`.
// The -- keeps --env-file from Node, which would take it for its own.
import { runBin } from '@perfcollector/cli';
import { main } from './main.ts';

await runBin(main);
