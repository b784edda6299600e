/** What the tests of the spool share. Nothing else imports it. */
import type { Log } from '@perfcollector/cli';
import { encodeLine, type Header } from '@perfcollector/collection';
import type { Batch } from './batch.ts';

/** A log that is kept. */
export function captureLog(): { log: Log; said: string[] } {
  const said: string[] = [];
  const line = (level: string) => (message: string) => void said.push(`${level}: ${message}`);
  return { said, log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') } };
}

export function headerOf(run: string, identifier = 'web01'): Header {
  const started = 1_767_982_248;
  return { collection: 1, run, identifier, started, interval: 1, host: {}, agent: 'pcc 1.0.0', labels: {} };
}

export function sampleLine(run: string, seq: number, filler = 0): Buffer {
  const timestamp = 1_767_982_248 + seq;
  return Buffer.from(encodeLine({ timestamp, run, seq, fields: { filler: 'x'.repeat(filler) } }));
}

/** The numbers of a batch's samples. */
export function seqsOf(batch: Batch | undefined): number[] {
  return (batch?.lines ?? []).map((line) => JSON.parse(Buffer.from(line).toString()).seq);
}
