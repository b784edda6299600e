/** The machines that packages are made for, in the words of each who has to know. */
export interface Architecture {
  readonly debian: 'amd64' | 'arm64';
  readonly rpm: string;
  readonly node: 'x64' | 'arm64';
  /** Of binutils; Debian: `binutils`, `binutils-aarch64-linux-gnu`. */
  readonly strip: string;
}

export const ARCHITECTURES: readonly Architecture[] = [
  { debian: 'amd64', rpm: 'x86_64', node: 'x64', strip: 'x86_64-linux-gnu-strip' },
  { debian: 'arm64', rpm: 'aarch64', node: 'arm64', strip: 'aarch64-linux-gnu-strip' },
];

/** Whether what is built for it runs here. */
export function isNative({ node }: Architecture): boolean {
  return process.arch === node;
}
