/** What systemd does for a service, done by Perl, which every Debian has: Node cannot pass on a socket. */
import { fileURLToPath } from 'node:url';

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
