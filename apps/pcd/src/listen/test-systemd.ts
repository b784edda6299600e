/** What systemd does for a service, done by Perl, which every Debian has: Node can neither pass on a socket nor receive datagrams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const BIN = fileURLToPath(new URL('../bin.ts', import.meta.url));

/** Opens the sockets that stand before `--`, from descriptor 3 on, and becomes the program behind it. */
const ACTIVATE = `
  BEGIN { $^F = 20 } # none of these closes at exec
  use IO::Socket::INET; use IO::Socket::UNIX; use POSIX ();
  my @sockets;
  while ((my $where = shift @ARGV) ne '--') {
    my $socket = $where =~ m{^/} ? IO::Socket::UNIX->new(Local => $where, Listen => 5)
                                 : IO::Socket::INET->new(LocalAddr => $where, Listen => 5);
    push @sockets, $socket or die "$where: $!";
    my $fd = 2 + @sockets;
    POSIX::dup2(fileno $socket, $fd) unless fileno $socket == $fd;
  }
  $ENV{LISTEN_PID} = $$;
  $ENV{LISTEN_FDS} = @sockets;
  exec @ARGV or die $!;
`;

/** The command line that starts pcd with these sockets. */
export function activated(...sockets: readonly string[]): readonly [string, ...string[]] {
  return ['perl', '-e', ACTIVATE, ...sockets, '--', process.execPath, BIN];
}

const RECEIVE = `
  use Socket; $| = 1;
  socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($socket, sockaddr_un($ARGV[0])) or die $!;
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
