import type { SampleLine } from '@perfcollector/collection';
import { FieldKey, type HostReader } from '@perfcollector/procfs';
import type { SinkState } from '../sink.ts';

/** What the schedule knows of a tick. */
export interface TickFacts {
  readonly lateMs: number;
  /** Ticks of the run that were missed so far. */
  readonly missed: number;
}

const key = (stat: string) => new FieldKey(`pcc_${stat}`);
const KEYS = {
  tickCpu: key('tick_cpu_us'),
  tickWall: key('tick_wall_us'),
  late: key('late_ms'),
  read: key('read_bytes'),
  cpu: key('cpu_us'),
  maxRss: key('max_rss'),
  missed: key('missed_ticks'),
  waitingSamples: key('waiting_samples'),
  waitingBytes: key('waiting_bytes'),
  dropped: key('dropped_samples'),
};

/** Measures what the agent's own ticks cost. */
export class Meter {
  readonly #host: HostReader;
  #began = 0;
  #cpuBegan = 0;
  #bytesBegan = 0;
  /** CPU time from the tick before to this one, and how long that one took; microseconds. */
  #cpuSince: number | undefined;
  #lastWall: number | undefined;
  #maxRss = 0;

  constructor(host: HostReader) {
    this.#host = host;
  }

  begin(): void {
    this.#began = performance.now();
    const cpu = this.#cpu();
    if (this.#lastWall !== undefined) this.#cpuSince = cpu - this.#cpuBegan;
    this.#cpuBegan = cpu;
    this.#bytesBegan = this.#host.bytesRead;
  }

  /** Puts the agent's own fields into the line. */
  put(line: SampleLine, tick: TickFacts, sink: SinkState): void {
    if (this.#cpuSince !== undefined) line.number(KEYS.tickCpu, this.#cpuSince);
    if (this.#lastWall !== undefined) line.number(KEYS.tickWall, this.#lastWall);
    line.number(KEYS.late, Math.max(0, Math.round(tick.lateMs)));
    line.number(KEYS.read, this.#host.bytesRead - this.#bytesBegan);
    line.number(KEYS.cpu, this.#cpuBegan);
    line.number(KEYS.maxRss, this.#maxRss);
    line.number(KEYS.missed, tick.missed);
    line.number(KEYS.waitingSamples, sink.waitingSamples);
    line.number(KEYS.waitingBytes, sink.waitingBytes);
    line.number(KEYS.dropped, sink.droppedSamples);
  }

  end(): void {
    this.#lastWall = Math.round((performance.now() - this.#began) * 1000);
  }

  /** CPU time of the whole process, microseconds. Once a tick: the call takes 20 to 50 µs. It gives the memory too. */
  #cpu(): number {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    this.#maxRss = maxRSS;
    return userCPUTime + systemCPUTime;
  }
}
