import { expect, it } from 'vitest';
import { ImportQueue } from './import-queue.ts';

/** An engine that takes an import when the test says so. */
function slowEngine() {
  const imports: { lines: string; take: () => void; refuse: () => void }[] = [];
  const queue = new ImportQueue((lines) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    imports.push({ lines, take: resolve, refuse: () => reject(new Error('no')) });
    return promise;
  });
  return { queue, imports };
}

it('what comes while an import is under way goes together in the next', async () => {
  const { queue, imports } = slowEngine();
  const first = queue.add('a');
  await Promise.resolve();
  const others = [queue.add('b'), queue.add('c')];
  expect(imports.map(({ lines }) => lines)).toEqual(['a']);
  imports[0]?.take();
  await first;
  await Promise.resolve();
  expect(imports.map(({ lines }) => lines)).toEqual(['a', 'bc']);
  imports[1]?.take();
  await Promise.all(others);
});

it('a refused import fails those that were in it, and no others', async () => {
  const { queue, imports } = slowEngine();
  const first = queue.add('a');
  await Promise.resolve();
  const second = queue.add('b');
  imports[0]?.refuse();
  await expect(first).rejects.toThrow('no');
  imports[1]?.take();
  await second;
});

it('beyond what may wait it says that it is busy, and goes on when the engine does', async () => {
  const { queue, imports } = slowEngine();
  const piece = 'x'.repeat(8 * 1024 * 1024);
  const taken = Array.from({ length: 9 }, () => queue.add(piece));
  const answers = Promise.allSettled(taken);
  await expect(Promise.all(taken)).rejects.toMatchObject({ code: 'BUSY' });
  for (let at = 0; at < 8; at += 1) {
    imports[at]?.take();
    await taken[at];
  }
  expect((await answers).filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
});

it('closing waits for what was added, and refuses what comes after', async () => {
  const { queue, imports } = slowEngine();
  const added = queue.add('a');
  await Promise.resolve();
  const closed = queue.close();
  await expect(queue.add('b')).rejects.toMatchObject({ code: 'FAILED' });
  imports[0]?.take();
  await Promise.all([added, closed]);
});
