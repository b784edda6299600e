import { expect, it } from 'vitest';
import { openTraffic } from './traffic.ts';

function startAt(start: number) {
  const clock = { now: start };
  return { clock, traffic: openTraffic(() => clock.now) };
}

it('rates are those of the last minute', () => {
  const { clock, traffic } = startAt(1000.5);
  for (let second = 0; second < 600; second += 1) {
    clock.now += 1;
    traffic.add({ samples: second < 300 ? 100 : 2, values: 6, duplicates: 1 });
  }
  expect(traffic.rates()).toEqual({ samples: 2, values: 6 });
  expect(traffic.total).toEqual({ samples: 30_600, values: 3600, duplicates: 600 });
  clock.now += 30;
  expect(traffic.rates()).toEqual({ samples: 1, values: 3 });
  clock.now += 30;
  expect(traffic.rates()).toEqual({ samples: 0, values: 0 });
});

it('in the first minute they are those since the start', () => {
  const { clock, traffic } = startAt(1000);
  expect(traffic.rates()).toEqual({ samples: 0, values: 0 });
  clock.now += 10;
  traffic.add({ samples: 50, values: 500, duplicates: 0 });
  expect(traffic.rates()).toEqual({ samples: 5, values: 50 });
});

it('a clock that is set back makes none of them negative or endless', () => {
  const { clock, traffic } = startAt(10_000);
  clock.now += 100;
  traffic.add({ samples: 60, values: 60, duplicates: 0 });
  clock.now -= 3600;
  expect(traffic.rates()).toEqual({ samples: 0, values: 0 });
  traffic.add({ samples: 60, values: 60, duplicates: 0 });
  expect(traffic.rates()).toEqual({ samples: 60, values: 60 });
});
