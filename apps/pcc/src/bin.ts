#!/usr/bin/env -S node --v8-pool-size=0 --max-semi-space-size=1 --
// One thread of V8 for its own work instead of four, and a small young generation. The -- keeps --env-file from Node, which would take it for its own.
import { runBin } from '@perfcollector/cli';
import { main } from './main.ts';

await runBin(main);
