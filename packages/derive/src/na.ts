/** Why a value cannot be derived; what several of them would explain is told by the first. */
export const NA_REASONS = [
  /** There is no sample before this one. */
  'first',
  /** The host booted, or the device was made anew: its counters fell. */
  'reset',
  /** This counter alone fell, by no distance that a 32-bit wrap explains. */
  'wrap',
  /** The device (disk, interface, CPU) was not there in the sample before. */
  'new_device',
  /** The host slept in between. */
  'suspend',
  /** The wall clock was set in between, so the timestamps do not tell how much time passed. */
  'clock_step',
  /** The interval is so short that the kernel's clock did not tick in it. */
  'too_short',
  /** Other parts of the same time are missing, so what share this one has is unknown. */
  'incomplete',
  /** The sample does not have the field. */
  'absent',
  /** The field's value is no number. */
  'unreadable',
] as const;

export type NaReason = (typeof NA_REASONS)[number];

/** A value that does not exist, and why. */
export interface Na {
  readonly na: NaReason;
}

export function na(reason: NaReason): Na {
  return { na: reason };
}

export function isNa(value: unknown): value is Na {
  return typeof value === 'object' && value !== null && 'na' in value;
}

/** A reason as a small number, for rows that are no objects; 0 is none: there is a value. */
export function codeOf(reason: NaReason): number {
  return NA_REASONS.indexOf(reason) + 1;
}

/** @returns undefined for 0 */
export function reasonOf(code: number): NaReason | undefined {
  return NA_REASONS[code - 1];
}
