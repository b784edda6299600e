#!/usr/bin/env -S node --
import { launch } from '../../../scripts/launch.mjs';

await launch(new URL('..', import.meta.url));
