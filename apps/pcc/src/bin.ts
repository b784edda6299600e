#!/usr/bin/env node
import { runBin } from '@perfcollector/cli';
import { main } from './main.ts';

await runBin(main);
