import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PackageError } from './package-error.ts';

/** Where each tool that packages are made with comes from. */
const DEBIAN: Readonly<Record<string, string>> = {
  'dpkg-deb': 'dpkg',
  rpmbuild: 'rpm',
  tar: 'tar',
  xz: 'xz-utils',
  'x86_64-linux-gnu-strip': 'binutils-x86-64-linux-gnu',
  'aarch64-linux-gnu-strip': 'binutils-aarch64-linux-gnu',
};

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** @throws PackageError that names those that are not installed, all at once: a build takes minutes */
export function requireTools(tools: readonly string[]): void {
  const directories = (process.env.PATH ?? '').split(':');
  const missing = tools.filter((tool) => !directories.some((directory) => existsSync(join(directory, tool))));
  if (missing.length === 0) return;
  const named = missing.map((tool) => `${tool} (Debian: ${DEBIAN[tool] ?? tool})`);
  throw new PackageError(
    `cannot package without ${named.join(', ')}: install that, or leave it out with --only and --arch`,
  );
}

/** @throws PackageError that says what the tool said, or what to install where it is missing */
export function runTool(tool: string, args: readonly string[], { cwd, env }: ToolOptions = {}): void {
  try {
    execFileSync(tool, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    const { code, stderr } = cause as NodeJS.ErrnoException & { readonly stderr?: Buffer };
    if (code === 'ENOENT')
      throw new PackageError(`cannot package: ${tool} is not installed (Debian: ${DEBIAN[tool] ?? tool})`, { cause });
    throw new PackageError(`cannot package: ${tool} failed: ${stderr ?? code}`, { cause });
  }
}
