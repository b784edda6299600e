import { type Manual, PACKAGED } from '@perfcollector/cli';

export const manual: Manual = {
  description: [
    '`pcd` takes in what `pcc` agents send, keeps it in a store of its own or in VictoriaMetrics, and gives it back. What it has acknowledged is on the disk, with its own store. `pcctl` administers it.',
    'The first start makes the home, closed to others, and in it the key of the first administrator, which `pcctl` finds by itself when the same user runs it on the same machine. SIGTERM ends it cleanly.',
    'Unless told otherwise it listens on loopback alone. To be reached by other machines it wants a certificate (`--tls-cert`, `--tls-key`), for the key travels in every request; `--insecure-http` serves plain HTTP all the same.',
    'SIGHUP reads the certificate again. SIGUSR2 logs everything down to `debug`; once more goes back to `--log-level`.',
    'Under systemd it tells when it is ready, reloads and stops, feeds the watchdog, and takes the one socket that a socket unit opens.',
  ],
  variables: {
    HOME: 'Where `~/.pcd` is.',
    NOTIFY_SOCKET: 'Set by systemd: whom to tell what goes on.',
    WATCHDOG_USEC: 'Set by systemd: how often it wants to hear that all is well.',
    LISTEN_FDS: 'Set by systemd: the socket that it opened.',
  },
  files: {
    '~/.pcd': 'The home, where no other is named: the store and the keys.',
    '~/.pcd/pcd.sqlite': 'The embedded store.',
    '~/.pcd/admin.key': 'The key of the first administrator.',
    '~/.pcd/apikeys': 'Keys that a person chose, one a line; they may send. It is read again when it changes.',
    '~/.pcd/backups': 'Backups that the server keeps.',
    '/etc/perfcollector/pcd.env': 'Variables of the system service `pcd.service`.',
    [PACKAGED.pcdHome]: 'The home of the system service.',
    '/run/pcd': 'For a Unix socket of the system service.',
  },
  examples: [
    {
      about: 'For this machine, and a key for its agents:',
      lines: ['pcd', 'pcctl keys create --name agents -o agents.key'],
    },
    {
      about: 'For other machines, samples kept for a month and charts for a year:',
      lines: [
        'pcd --listen :8443 --tls-cert pcd.crt --tls-key pcd.key \\',
        '    --retention 30d --retention-rollup-5m 365d',
      ],
    },
    {
      about: 'With samples in VictoriaMetrics:',
      lines: ['pcd --store victoriametrics+http://127.0.0.1:8428'],
    },
  ],
  seeAlso: ['systemd.service(5)', 'systemd.socket(5)'],
};
