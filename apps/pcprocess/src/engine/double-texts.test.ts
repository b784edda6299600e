import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DoubleTexts } from './double-texts.ts';

const extreme = fc.constantFrom(
  5e-324,
  -1.4078927406682781e-6,
  -2.2250738585072014e-308,
  1.7976931348623157e308,
  1e21,
  123456789012345680000,
  1e-7,
  -1.2345678901234567e-6,
  0.1 + 0.2,
  -0.5,
  2 ** 53,
);
const quotient = fc.tuple(fc.nat(5000), fc.integer({ min: 990, max: 1010 })).map(([delta, ms]) => delta / (ms / 1000));
const double = fc.oneof(
  { weight: 4, arbitrary: quotient },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  extreme,
);

test('each double has the text that JavaScript gives it, whichever came before', () => {
  const texts = new DoubleTexts();
  const bytes = Buffer.alloc(64);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  fc.assert(
    fc.property(fc.array(double.filter((value) => value !== 0)), fc.nat(16), (values, start) => {
      for (const value of values) {
        const end = texts.write(value, words, start);
        expect(bytes.toString('latin1', start, end)).toBe(String(value));
      }
    }),
    { numRuns: 1000 },
  );
});
