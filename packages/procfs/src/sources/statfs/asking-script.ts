/**
 * The program of the process that asks mounts which may hang, for Node's --eval: a text, so that it is there whichever
 * way this package is run or bundled. It reads `[<number>,"<path>"]` lines and writes `[]` when it is ready,
 * `[<number>]` when a thread begins to ask, then `[<number>,"<error code>"]` or `[<number>,"",{<counts>}]`.
 * It does not outlive its standard input, and does not end by itself in any orderly way: that would wait for its threads.
 */
export const askingScript = `
const { statfs } = require('node:fs');
const threads = Number(process.env.UV_THREADPOOL_SIZE);
const waiting = [];
let asking = 0;
let rest = '';
const die = () => process.kill(process.pid, 'SIGKILL');
const say = (words) => process.stdout.write(JSON.stringify(words) + '\\n');
const digits = (counts) => Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, String(count)]));
const askNext = () => {
  while (asking < threads && waiting.length > 0) {
    const [id, path] = waiting.shift();
    asking += 1;
    say([id]);
    statfs(path, { bigint: true }, (error, counts) => {
      asking -= 1;
      say(error ? [id, error.code] : [id, '', digits(counts)]);
      askNext();
    });
  }
};
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\\n');
  rest = lines.pop();
  waiting.push(...lines.map((line) => JSON.parse(line)));
  askNext();
});
process.stdin.on('end', die);
process.stdout.on('error', die);
say([]);
`;
