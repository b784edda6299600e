import type { MachineRef } from '../store.ts';

interface Tick {
  readonly run: string;
  readonly seq: number;
  /** Milliseconds. */
  readonly ms: number;
}

interface Course {
  readonly newest: Tick;
  /** The first `seq` after each time that the clock was set back, ascending. */
  readonly setBack: readonly number[];
}

/** Of so many runs the course is remembered. */
const MOST_RUNS = 100_000;
/** Each time that a run's clock is set back its fields begin new series; one that does so all the time is broken. */
const MOST_TIMES = 10;

/**
 * Notices that a run's clock was set back: its ticks may then have the milliseconds of earlier ones, and the engine would mix
 * the two. It is known of the runs that came by here, while they are remembered.
 */
export class Clocks {
  readonly #courses = new Map<string, Course>();

  /** How often the clock of its run had been set back before a tick; undefined where that was too often to tell. */
  timesSetBack({ tenant, machine }: MachineRef, tick: Tick): number | undefined {
    const key = `${tenant} ${machine} ${tick.run}`;
    const course = follow(this.#courses.get(key), tick);
    this.#courses.delete(key); // to stand last: the first is forgotten first
    this.#courses.set(key, course);
    if (this.#courses.size > MOST_RUNS) this.#courses.delete(this.#courses.keys().next().value ?? '');
    const times = course.setBack.filter((seq) => seq <= tick.seq).length;
    return times > MOST_TIMES ? undefined : times;
  }
}

/** What comes late, of a spool, says nothing of the clock. */
function follow(course: Course | undefined, tick: Tick): Course {
  if (!course) return { newest: tick, setBack: [] };
  const { newest, setBack } = course;
  if (tick.seq <= newest.seq) return course;
  const isSetBack = tick.ms <= newest.ms && setBack.length <= MOST_TIMES;
  return { newest: tick, setBack: isSetBack ? [...setBack, tick.seq] : setBack };
}
