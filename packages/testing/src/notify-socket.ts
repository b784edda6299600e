/** What systemd does for a service that tells how it is, done by Perl, which every Debian has: Node receives no datagrams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

const RECEIVE = `
  use Socket; $| = 1;
  socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  my $path = $ARGV[0] =~ s/^@/\\0/r; # one without a file
  bind($socket, sockaddr_un($path)) or die $!;
  print "bound\\n";
  while (defined recv($socket, my $message, 65536, 0)) { $message =~ s/\\n/ /g; print "$message\\n" }
`;

/** The socket to which services tell how they are, and what came there. */
export class NotifySocket {
  readonly #child: ChildProcess;
  #received = '';
  #onLine: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#received += text;
      this.#onLine();
    });
  }

  static async open(path: string): Promise<NotifySocket> {
    const child = spawn('perl', ['-e', RECEIVE, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill());
    const socket = new NotifySocket(child);
    await socket.received(/^bound$/m);
    return socket;
  }

  /** What services said, in order; without the questions of systemd-notify whether it was heard. */
  get messages(): readonly string[] {
    return this.#received.split('\n').filter((line) => !/^(bound|BARRIER=1|)$/.test(line));
  }

  /** Waits until this has come. */
  async received(pattern: RegExp): Promise<void> {
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error(`the receiver ended; it had ${this.#received}`);
    });
    const heard = new Promise<void>((resolve) => {
      this.#onLine = () => {
        if (pattern.test(this.#received)) resolve();
      };
      this.#onLine();
    });
    await Promise.race([heard, ended]);
  }
}
