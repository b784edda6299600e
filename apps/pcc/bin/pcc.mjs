#!/usr/bin/env -S node --v8-pool-size=0 --max-semi-space-size=2 --
// What the flags are for stands in ../src/bin.ts.
import { launch } from '../../../scripts/launch.mjs';

await launch(new URL('..', import.meta.url));
