import { Counter, Gauge, type Registry } from 'prom-client';
import type { Admission } from '../limits/admission.ts';
import type { Traffic } from '../traffic.ts';

/** What came in and what waits: numbers that are kept anyway, and read when they are asked for. */
export function tellTraffic(
  registry: Registry,
  { traffic, admission }: { traffic: Traffic; admission: Admission },
): void {
  const counted = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  counted('pcd_samples_total', 'Samples that were stored.', () => traffic.total.samples);
  counted('pcd_values_total', 'Values of the samples that came, duplicates included.', () => traffic.total.values);
  counted('pcd_duplicates_total', 'Samples that were there already.', () => traffic.total.duplicates);
  counted('pcd_queue_rejections_total', 'Requests for which there was no room.', () => admission.numbers.refused);
  new Counter({
    name: 'pcd_rejected_lines_total',
    help: 'Lines of collections that were not taken, by the reason.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, lines] of traffic.rejected) this.inc({ code }, lines);
    },
  });

  const shown = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  shown('pcd_queue_requests', 'Requests in work.', () => admission.numbers.waiting);
  shown('pcd_queue_bytes', 'Bytes that the requests in work hold.', () => admission.numbers.waitingBytes);
}
