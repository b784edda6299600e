/** What whoever makes packages can mend: told as a sentence, without a stack. */
export class PackageError extends Error {}
