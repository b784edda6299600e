import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createLog, LOG_LEVELS, type LogLevel } from './log.ts';

const LINES = ['pcc: debug: d', 'pcc: i', 'pcc: warn: w', 'pcc: error: e'];

async function saidAt(level: LogLevel): Promise<string[]> {
  const stream = new PassThrough();
  const log = createLog('pcc', level, stream);
  log.debug('d');
  log.info('i');
  log.warn('w');
  log.error('e');
  stream.end();
  return (await text(stream)).split('\n').filter((line) => line !== '');
}

test.each(LOG_LEVELS.map((level, at) => [level, LINES.slice(at)] as const))(
  'at level %s all that is as grave or graver is said',
  async (level, lines) => {
    expect(await saidAt(level)).toEqual(lines);
  },
);
