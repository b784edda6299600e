// Runs one of the project's scripts on the project's own Node, and installs everything first where that is needed:
//     node scripts/bootstrap.mjs scripts/demo.ts
// Plain JavaScript on purpose: it runs on whatever Node (20 or newer) the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Not package.json's packageManager: that would make a pnpm of another version fetch this one a second time. */
const PNPM = 'pnpm@12.21.0';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, 'node_modules/.bin/node');
const stamp = join(root, 'node_modules/.installed-from');
const read = (name) => readFileSync(join(root, name), 'utf8');

/** Changes when anything changes that an installation depends on. */
function wanted() {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(read(name));
  return hash.digest('hex');
}

function isInstalled() {
  try {
    accessSync(node, constants.X_OK);
    return readFileSync(stamp, 'utf8') === wanted();
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function install() {
  const { devDependencies } = JSON.parse(read('package.json'));
  console.error(
    `Installing ${PNPM.replace('@', ' ')}, Node ${devDependencies.node} and the libraries into node_modules.`,
  );
  console.error(
    'This happens once, takes up to a minute, and puts nothing outside this directory but download caches.',
  );
  const done = spawnSync('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (done.status === 0) {
    writeFileSync(stamp, wanted());
    return;
  }
  console.error(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  console.error(
    `The installation failed${done.error ? ` (${done.error.message})` : ''}. Is the npm registry reachable? Then try again.`,
  );
  process.exit(1);
}

if (!isInstalled()) install();
const child = spawn(node, process.argv.slice(2), { cwd: root, stdio: 'inherit' });
// The child decides how to stop; this process only passes the wish on and waits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
