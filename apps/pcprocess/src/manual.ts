import type { Manual } from '@perfcollector/cli';

export const manual: Manual = {
  description: [
    '`pcprocess` turns collections into tables that R, Python, DuckDB and spreadsheets read as they are, and works on collections themselves.',
    'It takes any number of them: of `pcc` and of perfcollector2, plain, `.gz` and `.zst`, files, directories, patterns, or `-` for standard input. Samples are put in the order of time, what is there twice is left out, and each machine gets a table.',
    'Of counters there is a rate a second beside each; `cpu_user` to `cpu_steal` are percentages of the interval that sum to 100. What cannot be derived is NA, never 0, and `quality.csv` says why.',
    'A collection that is cut off or damaged is read as far as it goes; what was left out is told, and makes the exit code 1.',
  ],
  variables: {
    'LC_ALL, LC_CTYPE, LANG': 'Where they name no UTF-8, lines over time are drawn in ASCII.',
    TERM: 'With `dumb` no progress is drawn on a terminal.',
    TZ: 'The time zone that `--tz local` means.',
  },
  files: {
    '<machine>.csv':
      'In the output directory: a row a sample. Of other layouts `<machine>.long.csv`, `<machine>.parquet` and more.',
    'events.csv': 'What `pcc mark` and scripts noted, where there is any.',
    'quality.csv': 'For each value that is missing: where, from when to when, and why.',
    'datapackage.json': 'What each column is: type, unit, kind, a sentence, the field that it comes from.',
  },
  examples: [
    { about: 'A table a machine:', lines: ['pcprocess web01.json web02.json.zst --outdir csv'] },
    {
      about: 'A row a minute of some columns, from a day on:',
      lines: [
        "pcprocess 'web*.json*' --outdir minutes --interval 1m --stats mean,p95 \\",
        "    --columns 'cpu_*,mem_available' --from 2026-01-10",
      ],
    },
    { about: 'For DuckDB, pyarrow and arrow:', lines: ['pcprocess web01.json --outdir typed --layout parquet'] },
    {
      about: 'What is in a collection, and what the numbers are:',
      lines: ['pcprocess inspect web01.json', 'pcprocess summary web01.json'],
    },
    {
      about: 'Together, apart, and mended:',
      lines: [
        'pcprocess merge web01.json web02.json.zst -o both.json.zst',
        'pcprocess split both.json.zst --by machine,day -o parts',
        'pcprocess repair web01.json -o mended.json.zst',
      ],
    },
  ],
  seeAlso: ['sar(1)', 'R(1)'],
};
