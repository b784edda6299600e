import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf, makeDirectory, replaceFile, systemError, UserError, type Variables } from '@perfcollector/cli';
import { z } from 'zod';

/** What is kept of one server. */
const context = z.object({
  server: z.string(),
  /** It is written into this file and shown nowhere. */
  apiKey: z.string().optional(),
  /** Whole paths of PEM files. */
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
});
const contextFile = z.object({
  /** The name of the one that counts where none is named. */
  current: z.string().optional(),
  contexts: z.record(z.string(), context),
});

export type ServerContext = z.infer<typeof context>;
export type Contexts = z.infer<typeof contextFile>;

export function contextPath({ XDG_CONFIG_HOME, HOME }: Variables): string {
  return join(XDG_CONFIG_HOME || join(HOME || homedir(), '.config'), 'perfcollector', 'pcctl.json');
}

/** @throws UserError where the file cannot be read, or is none that was written here */
export function readContexts(env: Variables): Contexts {
  const path = contextPath(env);
  const text = readIfThere(path);
  if (text === undefined) return { contexts: {} };
  const read = contextFile.safeParse(parseJson(text));
  if (read.success) return read.data;
  const hint = 'Mend it, or move it away and add the contexts again.';
  throw new UserError('BAD_CONTEXTS', `cannot understand the contexts in ${path}`, { hint });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw systemError(`read the contexts in ${path}`, error);
  }
}

/** A message of the parser's would show a piece of the file, and there are keys in it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whoever reads the file meanwhile finds the old contexts or the new ones. */
export function writeContexts(env: Variables, contexts: Contexts): void {
  const path = contextPath(env);
  try {
    makeDirectory(dirname(path), 0o700);
    const file = replaceFile(path, 0o600);
    try {
      writeFileSync(file.temporary, `${JSON.stringify(contexts, null, 2)}\n`);
      file.commit();
    } finally {
      file.discard();
    }
  } catch (error) {
    throw systemError(`write the contexts to ${path}`, error);
  }
}
