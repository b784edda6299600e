import { expect, test } from 'vitest';
import { BatchBuilder } from './batch.ts';
import { openPool } from './pool.ts';

test('what is given to threads that died comes back as an error that is not the input’s, before and after', async () => {
  const pool = openPool(Number.POSITIVE_INFINITY);
  const batch = () => new BatchBuilder('m', () => undefined).take();
  try {
    const choice = { columns: undefined, exclude: [], rates: true, counters: true, units: 'kib' } as const;
    pool.plan({ machine: 'm', fields: ['a'], form: 'wide', choice, timeZone: 'No/Where' });
    const died = await pool.batch(batch()).catch((error: unknown) => error);
    expect(died).toMatchObject({ message: expect.stringMatching(/^a thread failed: .*No\/Where/) });
    expect(died).not.toHaveProperty('code');
    await expect(pool.batch(batch())).rejects.toThrow(/^a thread failed: /);
  } finally {
    pool.close();
  }
});
