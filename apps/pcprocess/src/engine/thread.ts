/** A thread that makes rows. */
import { parentPort } from 'node:worker_threads';
import { type Task, transferables, Work } from './work.ts';

if (!parentPort) throw new Error('BUG: this is a thread of pcprocess, no program');
const port = parentPort;
const work = new Work();

port.on('message', (task: Task) => {
  if (task.kind === 'plan') return work.plan(task.plan);
  if (task.kind === 'forget') return work.forget(task.machine);
  const worked = work.batch(task.batch, task.spare);
  port.postMessage(worked, transferables(worked));
});
