import { type Declaration, type Option, option } from './option.ts';

/** A named set of variables that a user keeps, such as those of one server. */
export interface Profile {
  /** How a message names it: `the context prod`. */
  readonly title: string;
  readonly variables: Variables;
  /**
   * The variable that the others are about. Where it is set to something else, none of them counts: a key must not travel
   * to another server than it was kept for.
   */
  readonly anchor: string;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The profile of this name; of none, the one that the user has chosen for always, if any.
 * @throws UsageError where there is none of that name
 */
export type FindProfile = (name: string | undefined, env: Variables) => Profile | undefined;

/** An option whose value names a profile, which stands in for what neither flag nor variable sets. */
export function profileName(declaration: Declaration & { find: FindProfile }): Option<string | undefined> {
  return { ...option({ ...declaration, parse: (name) => name }), findProfile: declaration.find };
}
