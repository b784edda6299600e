/**
 * Loaded into a pcd before everything else (`node --import`) it puts the clock of all its threads wrong, by as many
 * milliseconds as the file says that `TEST_CLOCK` names, now and whenever that changes.
 */
import { readFileSync } from 'node:fs';

const { TEST_CLOCK } = process.env;
const rightNow = Date.now;
if (TEST_CLOCK) Date.now = () => rightNow() + Number(readFileSync(TEST_CLOCK, 'utf8'));
