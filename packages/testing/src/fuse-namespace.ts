/**
 * Runs a command among FUSE file systems that nobody else sees: started in a mount namespace of its own, it mounts them
 * and goes with them when the command ends or its standard input does.
 *
 *     unshare --mount node fuse-namespace.ts '{"/dir":"hung"}' command argument …
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [mounts = '{}', command = 'true', ...rest] = process.argv.slice(2);
const servers = Object.entries(JSON.parse(mounts) as Record<string, string>).map(([path, kind]) => mount(path, kind));
const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.stdin.on('end', () => child.kill('SIGKILL')).resume();
child.on('error', () => end(127));
child.on('exit', (code) => end(code ?? 1));

/** Its server holds the only descriptor that is left: when it is killed, whoever waits for it is let go. */
function mount(path: string, kind: string): ChildProcess {
  const device = openSync('/dev/fuse', 'r+');
  const program = fileURLToPath(new URL('fuse-server.ts', import.meta.url));
  const server = spawn(process.execPath, [program, kind], { stdio: ['ignore', 'inherit', 'inherit', device] });
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  const mounted = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'none', path], {
    stdio: ['ignore', 'inherit', 'inherit', device],
  });
  closeSync(device);
  if (mounted.status !== 0) {
    server.kill('SIGKILL');
    process.exit(126);
  }
  return server;
}

function end(code: number): void {
  for (const server of servers) server.kill('SIGKILL');
  process.exit(code);
}
