/**
 * What the manual page of a program says that its declarations do not know. In every text `x` sets x as it is typed.
 */
export interface Manual {
  /** What the program is for, and what to know before its options: a paragraph each. */
  readonly description: readonly string[];
  /** Variables that no option declares, each with what it is for. */
  readonly variables: Readonly<Record<string, string>>;
  /** Paths with what is there. */
  readonly files: Readonly<Record<string, string>>;
  /** Exit codes other than 0, 1 and 2. */
  readonly exitCodes?: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
  /** Other pages than those of the suite: `systemd.exec(5)`. */
  readonly seeAlso: readonly string[];
}

interface Example {
  readonly about: string;
  /** Lines of a shell, as they are typed. */
  readonly lines: readonly string[];
}
