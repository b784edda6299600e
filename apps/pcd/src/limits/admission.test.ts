import { describe, expect, it } from 'vitest';
import { createAdmission, type Ticket } from './admission.ts';

/** Lets in as many as there is room for. */
function fill(enter: () => Ticket): Ticket[] {
  const tickets: Ticket[] = [];
  try {
    for (;;) tickets.push(enter());
  } catch (error) {
    expect(error).toMatchObject({ statusCode: 503, code: 'BUSY' });
    return tickets;
  }
}

const MIB = 1024 * 1024;

describe('requests in work', () => {
  it('of one key take half of the room at most, and what they leave another gets', () => {
    const admission = createAdmission({ waiting: 100, waitingBytes: MIB });
    const first = fill(() => admission.enter('flood'));
    expect(first).toHaveLength(50);
    expect(fill(() => admission.enter('other'))).toHaveLength(25);
    for (const ticket of first) ticket.leave();
    expect(admission.numbers).toEqual({ waiting: 25, waitingBytes: 0, refused: 2 });
    expect(fill(() => admission.enter('flood'))).toHaveLength(37);
  });

  it('of any number of floods leave room for one who comes anew', () => {
    const admission = createAdmission({ waiting: 1024, waitingBytes: MIB });
    for (let at = 0; at < 9; at += 1) expect(fill(() => admission.enter(`flood ${at}`))).not.toEqual([]);
    expect(admission.numbers.waiting).toBeLessThan(1024);
    expect(() => admission.enter('polite')).not.toThrow();
  });

  it('hold bytes within the same bounds, and give all of them back once', () => {
    const admission = createAdmission({ waiting: 100, waitingBytes: 10 * MIB });
    const [one, two, other] = [admission.enter('flood'), admission.enter('flood'), admission.enter('other')];
    one.grow(3 * MIB);
    two.grow(2 * MIB);
    expect(() => two.grow(1)).toThrow(/as much to do as it can hold/);
    other.grow(2 * MIB);
    expect(admission.numbers).toEqual({ waiting: 3, waitingBytes: 7 * MIB, refused: 1 });
    for (const ticket of [one, one, two, other]) ticket.leave();
    one.grow(MIB); // it is not there any more
    expect(admission.numbers).toEqual({ waiting: 0, waitingBytes: 0, refused: 1 });
  });
});
