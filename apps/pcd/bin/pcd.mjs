#!/usr/bin/env -S node --max-semi-space-size=2 --
// What the flag is for stands in ../src/bin.ts.
import { launch } from '../../../scripts/launch.mjs';

await launch(new URL('..', import.meta.url));
