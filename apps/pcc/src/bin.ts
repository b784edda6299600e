#!/usr/bin/env -S node --
// The -- keeps --env-file from Node, which would take it for its own.
import { runBin } from '@perfcollector/cli';
import { main } from './main.ts';

await runBin(main);
