import { type Manual, PACKAGED } from '@perfcollector/cli';

export const manual: Manual = {
  description: [
    '`pcctl` asks and administers a `pcd`: the fleet as it goes, series, export, upload, keys, backups.',
    'A server on this machine that the same user runs is found with its key. For others there are `--server` and `--apikey-file`, their variables, or contexts, which keep the address, the key and the certificates of a server under a name. No command shows a key that is kept.',
    'Of where the server comes from the strongest first: option, a context that `--context` names, variable, the file that `--env-file` names, the context that `PCCTL_CONTEXT` names or that `pcctl context use` chose, default.',
  ],
  variables: {
    PCD_HOME: 'The home of the `pcd` on this machine, whose key of the first administrator is used there.',
    XDG_CONFIG_HOME: 'Where contexts are kept, in `perfcollector/pcctl.json`; `~/.config` where it is not set.',
    HOME: 'Where `~/.pcd` and `~/.config` are.',
    'LC_ALL, LC_CTYPE, LANG': 'Where they name no UTF-8, charts are drawn in ASCII.',
    TERM: 'With `dumb` nothing is drawn in place on a terminal.',
  },
  files: {
    '~/.config/perfcollector/pcctl.json': 'Contexts with their keys; for the owner alone.',
    '~/.pcd/admin.key': 'The key that a server on this machine gets where no other is given.',
    [`${PACKAGED.pcdHome}/admin.key`]: 'That of the system service `pcd.service`; for root alone to read.',
  },
  examples: [
    { about: 'Is the server there, and how does the fleet do?', lines: ['pcctl ping', 'pcctl status', 'pcctl top'] },
    {
      about: 'A key for the agents whose names begin with web, and one for a dashboard:',
      lines: [
        "pcctl keys create --name web --scopes ingest --machines 'web*' -o web.key",
        'pcctl keys create --name dashboard --scopes read --expires 90d -o dashboard.key',
      ],
    },
    {
      about: 'Another server, by a name:',
      lines: [
        'pcctl context add prod https://pcd.example.org:8443 --apikey-file admin.key',
        'pcctl machines list --context prod --state late,gone',
      ],
    },
    {
      about: 'What arrived of a machine, and the last hour of it as tables:',
      lines: ['pcctl completeness web01', 'pcctl export web01 --from -1h | pcprocess - --outdir csv'],
    },
    { about: 'A copy of the whole store:', lines: ['pcctl backup -o pcd-backup.sqlite', 'pcctl verify'] },
  ],
  seeAlso: [],
};
