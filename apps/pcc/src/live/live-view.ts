import type { WriteStream } from 'node:tty';
import { TerminalLine } from '@perfcollector/cli/screen';
import type { Header, Sample } from '@perfcollector/collection';
import type { Progress } from '../agent/agent.ts';
import { bytes, bytesPerSecond, NONE, passing, percent, shortBytes, wholePercent } from '../readings/format.ts';
import { parseTick } from '../readings/parse-tick.ts';
import { type Readings, readingsOf } from '../readings/readings.ts';
import type { Sink } from '../sink.ts';
import { type Spread, Totals } from './totals.ts';

/** The line is drawn so often at most: nobody reads faster, and what is drawn is also derived. */
const LEAST_MS = 250;

export interface LiveSetup {
  readonly header: Header;
  readonly sink: Sink;
  /** Milliseconds; Infinity for no end. */
  readonly duration: number;
}

/** What a person at a terminal sees of a run: one line while it goes on, and a summary at its end. */
export class LiveView {
  readonly #line: TerminalLine;
  readonly #began = performance.now();
  readonly #totals = new Totals();
  #setup: LiveSetup | undefined;
  #read: ReturnType<typeof readingsOf> = readingsOf({});
  #progress: Progress = { taken: 0, missed: 0 };
  #before: Sample | undefined;
  #readings: Readings | undefined;
  /** A tick that came too soon after the last one that was shown. */
  #pending: Uint8Array | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(terminal: WriteStream) {
    this.#line = new TerminalLine(terminal);
  }

  /** Writes whole lines above the live one: a log's stream. */
  write(lines: string): void {
    this.#line.write(lines);
  }

  begin(setup: LiveSetup): void {
    this.#setup = setup;
    const { interval, host } = setup.header;
    this.#read = readingsOf({ interval, clockTicks: host.clock_ticks, cpus: host.cpus });
    this.#draw(setup);
  }

  /** For the agent, which calls it as its own. */
  readonly onSample = (lines: Uint8Array, progress: Progress): void => {
    this.#progress = progress;
    this.#pending = undefined;
    if (performance.now() - this.#shownAt < LEAST_MS) this.#pending = Buffer.from(lines);
    else this.#take(lines);
  };

  /** Takes the line away and gives the summary. */
  end(): string {
    if (this.#pending) this.#take(this.#pending);
    this.#line.close();
    return this.#summary();
  }

  /** Takes the line away; a second time it does nothing. */
  close(): void {
    this.#line.close();
  }

  #take(lines: Uint8Array): void {
    const sample = parseTick(lines);
    if (!sample || !this.#setup) return;
    this.#readings = this.#read(this.#before, sample);
    this.#totals.add(this.#readings);
    this.#before = sample;
    this.#shownAt = performance.now();
    this.#draw(this.#setup);
  }

  #draw({ sink, duration }: LiveSetup): void {
    const { taken, missed } = this.#progress;
    const { waitingSamples, waitingBytes } = sink.state;
    const elapsed = performance.now() - this.#began;
    const left = duration === Number.POSITIVE_INFINITY ? '' : `, ${passing(Math.max(0, duration - elapsed))} left`;
    const waiting = waitingSamples > 0 ? `${waitingSamples} (${shortBytes(waitingBytes)})` : '0';
    const now = this.#readings;
    const parts = [
      passing(elapsed) + left,
      `${taken} samples ${missed} missed ${waiting} waiting`,
      `cpu ${wholePercent(now?.cpuBusy)} mem ${wholePercent(now?.memoryUsed)}`,
      `disk r ${shortBytes(now?.diskRead)} w ${shortBytes(now?.diskWritten)}`,
      `net rx ${shortBytes(now?.netReceived)} tx ${shortBytes(now?.netSent)} B/s`,
    ];
    this.#line.show(parts.join(' | '));
  }

  #summary(): string {
    const { taken, missed } = this.#progress;
    const peak = (spread: Spread | undefined) => bytesPerSecond(spread?.max);
    const of = this.#totals;
    const rows = [
      ['samples', `${taken}, missed ${missed}, in ${passing(performance.now() - this.#began)}`],
      ['CPU busy', spreadText(of.of('cpuBusy'))],
      ['memory used', spreadText(of.of('memoryUsed'))],
      ['disks', `at most ${peak(of.of('diskRead'))} read, ${peak(of.of('diskWritten'))} written`],
      ['network', `at most ${peak(of.of('netReceived'))} received, ${peak(of.of('netSent'))} sent`],
      ['pcc itself', ownCost()],
    ];
    return rows.map(([name = '', text]) => `  ${name.padEnd(13)}${text}\n`).join('');
  }
}

function spreadText(spread: Spread | undefined): string {
  if (!spread) return NONE;
  return `least ${percent(spread.min)}, mean ${percent(spread.mean)}, most ${percent(spread.max)}`;
}

/** Of the whole process, from its start. */
function ownCost(): string {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  const share = (seconds / (performance.now() / 1000)) * 100;
  return `${seconds.toFixed(2)} s of CPU time (${percent(share)} of one core), at most ${bytes(maxRSS * 1024)} of memory`;
}
