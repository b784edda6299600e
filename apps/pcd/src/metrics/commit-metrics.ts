import { Histogram, type Registry } from 'prom-client';
import { SECONDS } from './buckets.ts';

/** How the store commits. It is there before the server that tells of it. */
export interface CommitMetrics {
  /** One commit: how long it took, and how many requests were in it. */
  observe(commit: { readonly seconds: number; readonly requests: number }): void;
  addTo(registry: Registry): void;
}

export function openCommitMetrics(): CommitMetrics {
  const seconds = new Histogram({
    name: 'pcd_store_commit_duration_seconds',
    help: 'One commit of the embedded store, its fsync included.',
    buckets: SECONDS,
    registers: [],
  });
  const requests = new Histogram({
    name: 'pcd_store_commit_requests',
    help: 'Requests that shared one commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers: [],
  });
  return {
    observe(commit) {
      seconds.observe(commit.seconds);
      requests.observe(commit.requests);
    },
    addTo(registry) {
      registry.registerMetric(seconds);
      registry.registerMetric(requests);
    },
  };
}
