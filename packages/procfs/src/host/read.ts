import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';

/** The text of a small file without the blanks around it; undefined where there is none. */
export function readWord(host: HostReader, ...paths: readonly string[]): string | undefined {
  return optionalFact(() => host.readText(...paths).trim()) || undefined;
}

/** The whole number that a file holds; undefined where it holds none, or a negative one (the kernel's "unknown"). */
export function readNumber(host: HostReader, path: string): number | undefined {
  const word = readWord(host, path);
  return word !== undefined && /^\d+$/.test(word) && Number.isSafeInteger(Number(word)) ? Number(word) : undefined;
}

/** The value of `NAME=value` in a file of such lines (uevent, os-release, udev's data). */
export function assigned(text: string | undefined, name: string): string | undefined {
  const line = text?.split('\n').find((candidate) => candidate.startsWith(`${name}=`));
  return line?.slice(name.length + 1).trim() || undefined;
}

/** The entries of a directory; none where it is missing. */
export function entries(host: HostReader, path: string): readonly string[] {
  return optionalFact(() => host.list(path)) ?? [];
}

/** An object without its members that are undefined. */
export function known<T extends object>(facts: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T;
}
