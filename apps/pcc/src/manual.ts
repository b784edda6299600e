import { type Manual, PACKAGED } from '@perfcollector/cli';

export const manual: Manual = {
  description: [
    '`pcc` samples what the Linux kernel counts (CPUs, memory, disks, network, file systems, pressure, containers, processes) at an interval into a collection: JSON lines in a file, or sent to a pcd.',
    'Counters are recorded as the kernel prints them; pcprocess makes rates and tables of them afterwards. What a kernel does not offer is left out, and is never 0.',
    'Samples are taken at whole multiples of the interval. SIGINT and SIGTERM end a run cleanly; the same signal once more ends it at once. Each run appends to the file, and what a crash tore is told by whoever reads it.',
    'In trickle mode every sample is written to the spool first and leaves it when the server has it on its disk, so an outage of the server or the network loses nothing that the spool has room for.',
    'Before a run is relied on, `pcc check` takes the same options and variables and tells what is wrong with them on this host.',
  ],
  variables: {
    HOME: 'Where `~/.pcc` is.',
    CREDENTIALS_DIRECTORY:
      'Set by systemd: the directory of the credential `pcc-apikey`, which is the key where neither option nor variable gives it.',
    NOTIFY_SOCKET: 'Set by systemd: whom to tell what goes on.',
    WATCHDOG_USEC: 'Set by systemd: how often it wants to hear that all is well.',
    TERM: 'With `dumb` nothing is drawn in place on a terminal.',
  },
  files: {
    '/tmp/pcc.json': 'The collection where no other is named.',
    '/etc/machine-id': 'What this machine is called where nobody names it.',
    '~/.pcc/spool': 'What waits to be sent.',
    '~/.pcc/control.sock': 'By which `pcc mark` reaches the `pcc` that runs.',
    '/etc/perfcollector/pcc.env': 'Variables of the system service `pcc.service`.',
    '/etc/perfcollector/pcc-<instance>.env': 'Variables of `pcc@<instance>.service`.',
    '/etc/perfcollector/credentials/pcc-apikey': 'The key that the system services send with; for root alone to read.',
    '/var/lib/pcc': 'Collections and spool of the system service.',
    [PACKAGED.pccControl]: 'By which `pcc mark` reaches the system service.',
  },
  exitCodes: {
    126: 'Of `pcc run`: the command cannot be run.',
    127: 'Of `pcc run`: there is no such command. Otherwise `pcc run` ends as its command does, with 128 and the number of the signal where one ended it.',
  },
  examples: [
    { about: 'One sample, as a table:', lines: ['pcc once'] },
    {
      about: 'A minute, a sample a second, into a packed file, and its tables:',
      lines: ['pcc --collection web01.json.zst --frequency 1s --duration 1m', 'pcprocess web01.json.zst --outdir csv'],
    },
    {
      about: 'Send to a server until told to stop, after a look at whether that works:',
      lines: [
        'export PCC_MODE=trickle PCC_SERVER=https://pcd.example.org:8443',
        'pcc check --apikey-file agents.key',
        'pcc --apikey-file agents.key --duration infinity',
      ],
    },
    { about: 'What a command uses:', lines: ['pcc run --collection build.json --frequency 100ms -- make -j4'] },
    { about: 'Note what happened:', lines: ['pcc mark "deploy 42 is out"'] },
  ],
  seeAlso: ['proc(5)', 'systemd.exec(5)'],
};
