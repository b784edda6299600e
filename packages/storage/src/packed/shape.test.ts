import { expect, it } from 'vitest';
import { Shapes, shapeOf } from './shape.ts';

const shape = (bytes: number) => shapeOf(['f'.repeat(bytes)]);

it('remembers the shape that each machine had last', () => {
  const shapes = new Shapes();
  const [first, second, other] = [shape(5), shape(6), shape(7)];
  shapes.remember('web01', first);
  shapes.remember('db01', other);
  shapes.remember('web01', second);
  expect([shapes.of('web01'), shapes.of('db01'), shapes.of('web02')]).toEqual([second, other, undefined]);
});

it('forgets what it had before shapes of any size fill the memory', () => {
  const shapes = new Shapes();
  const names = Array.from({ length: 40 }, (_, at) => `m${at}`);
  for (const name of names) shapes.remember(name, shape(1024 * 1024));
  const kept = names.filter((name) => shapes.of(name));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(33); // each is kept in two forms
});

it('counts a shape that takes the place of another instead of it, not beside it', () => {
  const shapes = new Shapes();
  shapes.remember('db01', shape(5));
  for (let time = 0; time < 100; time += 1) shapes.remember('web01', shape(1024 * 1024));
  expect(shapes.of('db01')).toBeDefined();
});
