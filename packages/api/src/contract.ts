/**
 * pcd's HTTP contract, version 1: what each request takes and gives. Routes, client and checks all come from here.
 * Times are Unix seconds.
 */
import { identifierProblem, TIMESTAMP_LIMIT } from '@perfcollector/collection';
import { z } from 'zod';
import { SCOPES } from './scopes.ts';

const time = z.number().nonnegative();

/** How far a machine's clock may be ahead of pcd's: samples beyond it are refused. */
export const MOST_AHEAD_SECONDS = 86_400;

export const identifier = z.string().superRefine((value, context) => {
  const problem = identifierProblem(value);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const tenant = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected up to 64 letters, digits and . _ -');

export const errorReply = z.object({
  /** One sentence for a person. */
  error: z.string(),
  /** A word for a program. */
  code: z.string(),
});

/** A number in an address, where everything is text. */
const queryNumber = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'expected a number')
  .transform(Number)
  .pipe(z.number());

export const pingQuery = z.object({ timestamp: queryNumber.optional() });
export const pingRequest = z.object({ timestamp: z.number().nullish() }).nullish();
export const pingReply = z.object({
  /** The request's timestamp, given back. */
  origintimestamp: z.number().nullable(),
  /** The server's clock. */
  timestamp: z.number(),
});

export const versionReply = z.object({
  name: z.literal('pcd'),
  version: z.string(),
  api: z.literal('v1'),
  /** What it was built from; one that runs from a checkout does not say. */
  commit: z.string().optional(),
  date: z.string().optional(),
});
export const healthReply = z.object({ status: z.literal('ok') });
/** With 503: nothing can be stored or read now. A refusal like others, that monitors may read as health. */
export const unhealthyReply = errorReply.extend({ status: z.literal('unavailable') });

/** How much the server logs, from everything to nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logLevel = z.object({ level: z.enum(LOG_LEVELS) });

export const trickleRequest = z.object({
  identifier,
  /** Samples, events, headers, or perfcollector2's raw lines; each is checked as a line of a collection. */
  measurements: z.array(z.unknown()),
});
/** Empty when everything is on disk. */
export const trickleReply = z.strictObject({});

export const uploadQuery = z.object({
  /** Whose samples these are, where the collection does not say it. */
  identifier: identifier.optional(),
});
export const uploadReply = z.object({
  machines: z.array(z.string()),
  samples: z.number(),
  stored: z.number(),
  duplicates: z.number(),
  /** What could not be taken over, as sentences; the rest is stored. */
  problems: z.array(z.string()),
});

/** It sends as it should; it has missed some of its times; it sends no more. */
export const MACHINE_STATES = ['live', 'late', 'gone'] as const;
export type MachineState = (typeof MACHINE_STATES)[number];

export const machine = z.object({
  id: z.string(),
  first: time.nullable(),
  last: time.nullable(),
  samples: z.number(),
  runs: z.number(),
  /** When something of it came last, by the server's clock; null where that was not kept. */
  seen: time.nullable(),
  /** Seconds between two of its samples, as its newest header says. */
  interval: z.number().nullable(),
  /** Whether it still sends, measured by its own interval. */
  state: z.enum(MACHINE_STATES),
});
export const machineList = z.object({ machines: z.array(machine) });
export const machineDetails = machine.extend({
  /** The header of its newest run: facts about the host, the agent, its interval. */
  header: z.record(z.string(), z.unknown()).nullable(),
});
export const machineParams = z.object({ id: identifier });
export const machineDeleted = z.object({ id: z.string(), samples: z.number() });
/** Lines of JSON, as files of pcc hold them. */
export const collectionLines = z.unknown().meta({ type: 'string' });
/** Unix seconds, as those of lines; steps of a length come to no end among much larger numbers. */
const queryTime = queryNumber.pipe(
  z.number().min(0, 'expected Unix seconds').max(TIMESTAMP_LIMIT, 'expected Unix seconds'),
);
export const rangeQuery = z.object({ from: queryTime.optional(), to: queryTime.optional() });

export const seriesQuery = rangeQuery.extend({
  /** Names, separated by commas, each with any number of `*`. */
  fields: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1, 'a field has no name')).max(1000)),
  /** At most so many steps. */
  points: queryNumber.pipe(z.number().int().min(1).max(10_000)).default(500),
});
const values = z.array(z.number().nullable());
const seriesOf = z.object({
  field: z.string(),
  /** Of the field's own values, as pcc records them; null where no source gives such a field. */
  unit: z.string().nullable(),
});
export const series = z.discriminatedUnion('kind', [
  seriesOf.extend({ kind: z.literal('gauge'), min: values, mean: values, max: values }),
  seriesOf.extend({
    kind: z.literal('counter'),
    /** How far the counter moved in the step; where it began anew, what is known of it. */
    increase: values,
    /** The same a second, over the time that the increase is known of. */
    rate: values,
  }),
]);
export const seriesReply = z.object({
  id: z.string(),
  from: z.number(),
  to: z.number(),
  /** Seconds. */
  step: z.number(),
  /** What it was made from. */
  resolution: z.enum(['raw', '1m', '5m', '1h']),
  /** Where each step begins. Each series has a value for each of them, null where there is none. */
  times: z.array(z.number()),
  series: z.array(series),
});

const count = z.number().nonnegative();
const seqTime = z.object({ seq: count, timestamp: time });
const completenessCounts = z.object({
  /** The samples from the run's first (`seq` 1) to the last one that arrived: what was lost after that cannot be known here. */
  expected: count,
  received: count,
  missing_samples: count,
  /** Samples that came again and were not stored; null where they were not counted from the beginning. */
  duplicates: count.nullable(),
});
export const runCompleteness = completenessCounts.extend({
  run: z.string(),
  /** Of the run's header; null where that did not arrive. */
  started: time.nullable(),
  interval: z.number().nullable(),
  agent: z.string().nullable(),
  /** Null where no sample of the run is stored. */
  first: seqTime.nullable(),
  last: seqTime.nullable(),
  missing_ranges: count,
  /** The first thousand of them; the times are those of their ticks, null where they cannot be derived. */
  missing: z.array(
    z.object({ from: count, to: count, from_time: z.number().nullable(), to_time: z.number().nullable() }),
  ),
  /** What the agent's own counters said in its last sample. */
  missed_by_agent: count.nullable(),
  dropped_by_agent: count.nullable(),
});
export const completeness = z.object({
  id: z.string(),
  /** Oldest first; with `from` or `to` those that lie in that time, if only in part. */
  runs: z.array(runCompleteness),
  /** Sums over these runs. */
  total: completenessCounts,
  /** Stored samples without `run` and `seq`, of all times: what of them is missing cannot be told. */
  unnumbered: z.object({ samples: count, duplicates: count.nullable() }),
});

/** How long an old secret may be valid beside the new one. */
export const LONGEST_OVERLAP_SECONDS = 90 * 86_400;

const machinePattern = z
  .string()
  .regex(
    /^[A-Za-z0-9*][A-Za-z0-9._:@+*-]{0,127}$/,
    'expected an identifier, with any number of * for whatever stands there',
  );

export const key = z.object({
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created: time,
  expires: time.nullable(),
  /** The machines that it is for: a name with any number of `*`; null for all of its tenant. */
  machines: z.string().nullable(),
  /** Null where it was never used. */
  last_used: time.nullable(),
  /** Until when the secret before the last rotation is valid too; null where it is not. */
  previous_until: time.nullable(),
});
export const keyList = z.object({ keys: z.array(key) });
export const keyRequest = z.object({
  name: z.string().min(1).max(128),
  scopes: z.array(z.enum(SCOPES)).min(1),
  /** The caller's own where it is left out. */
  tenant: tenant.optional(),
  expires: time.optional(),
  machines: machinePattern.optional(),
});
/** The only time that the key itself is shown. */
export const newKey = key.extend({ key: z.string() });
export const keyParams = z.object({
  id: z.string().regex(/^[0-9a-f]{1,32}$/, 'expected the id that the list of keys shows'),
});
export const keyRevoked = z.object({ id: z.string() });
export const rotateRequest = z
  .object({
    /** Seconds that the old secret is valid beside the new one; without it, it ends at once. */
    overlap: z.number().nonnegative().max(LONGEST_OVERLAP_SECONDS).optional(),
  })
  .nullish();

const auditEntry = z.object({
  time,
  tenant: z.string(),
  /** The id of the key that did it; null for pcd itself, and for a key of the file. */
  key: z.string().nullable(),
  address: z.string().nullable(),
  /** `keys.create`, `machines.delete`, …; `refused` for what a key was not allowed to do. */
  action: z.string(),
  target: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
const MOST_AUDIT_ENTRIES = 1000;
export const auditQuery = rangeQuery.extend({
  /** The newest so many. */
  limit: queryNumber.pipe(z.int().min(1).max(MOST_AUDIT_ENTRIES)).default(100),
  /** The caller's own where it is left out; for those who run the server, all. */
  tenant: tenant.optional(),
});
/** The newest first. */
export const auditReply = z.object({ entries: z.array(auditEntry) });

/** How machines stand: by the interval of their own samples, and when the last one came. */
export const machineStates = z.record(z.enum(MACHINE_STATES), count);

export const statusReply = z.object({
  version: z.string(),
  /** When this pcd was started. */
  started: time,
  /** Seconds since then. */
  uptime: count,
  /** Whose machines and samples these are. */
  tenant: z.string(),
  machines: count,
  states: machineStates,
  samples: count,
  first: time.nullable(),
  last: time.nullable(),
  /** The bytes are null where the store does not tell. */
  store: z.object({ kind: z.string(), bytes: count.nullable() }),
  /** All tenants together; null for callers of another tenant than `default`. */
  server: z
    .object({
      machines: count,
      samples: count,
      first: time.nullable(),
      last: time.nullable(),
      /** Of the embedded store: samples that wait to be sealed, and chunks; null where there are none. */
      rows: count.nullable(),
      chunks: count.nullable(),
      /** Received in the last minute, a second. */
      samples_per_second: count,
      values_per_second: count,
      disk: z.object({
        /** Bytes that pcd may still write where its home is. */
        free: count,
        /** Until it is full, at the rate of all samples since the start; null where that cannot be told. */
        days_left: count.nullable(),
      }),
    })
    .nullable(),
});

export const backupRequest = z
  .object({
    /** Of the file in the folder of backups, without `.sqlite`; the time where it is left out. */
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected up to 100 letters, digits and . _ -')
      .optional(),
  })
  .nullish();
/** The bytes of an SQLite database. */
export const backupFile = z.unknown().meta({ type: 'string', format: 'binary' });
/** Where it is on the server. */
export const backupReply = z.object({ path: z.string(), bytes: count });

const age = z.number().positive().optional();
/** What shall be kept: seconds, or bytes. What is left out is kept for ever. */
export const pruneRequest = z
  .strictObject({
    raw: age,
    rollups: z.strictObject({ '1m': age, '5m': age, '1h': age }).optional(),
    /** The oldest raw samples go until the store is no larger. */
    bytes: z.number().int().positive().optional(),
  })
  .refine(({ raw, rollups, bytes }) => raw ?? bytes ?? Object.values(rollups ?? {})[0], {
    message: 'says nothing of what shall be kept; expected raw, rollups or bytes',
  });
export const pruneReply = z.object({ samples: count, rollups: count, bytes_before: count, bytes_after: count });

export const verifyReply = z.object({
  machines: count,
  samples: count,
  chunks: count,
  /** What is wrong, as sentences; empty where all is well. */
  problems: z.array(z.string()),
});
/** How many samples it sealed. */
export const sealReply = z.object({ samples: count });
export const vacuumReply = z.object({ bytes_before: count, bytes_after: count });

export type Machine = z.infer<typeof machine>;
export type MachineDetails = z.infer<typeof machineDetails>;
export type RunCompleteness = z.infer<typeof runCompleteness>;
export type Completeness = z.infer<typeof completeness>;
export type Key = z.infer<typeof key>;
export type KeyRequest = z.infer<typeof keyRequest>;
export type RotateRequest = z.infer<typeof rotateRequest>;
export type AuditReply = z.infer<typeof auditReply>;
export type NewKey = z.infer<typeof newKey>;
export type Status = z.infer<typeof statusReply>;
/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const metricsText = z.unknown().meta({ type: 'string' });

/** https://spec.openapis.org/oas/v3.1.1 */
export const openApiDocument = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export type OpenApiDocument = z.infer<typeof openApiDocument>;
export type Series = z.infer<typeof series>;
export type SeriesReply = z.infer<typeof seriesReply>;
export type PruneRequest = z.infer<typeof pruneRequest>;
export type UploadReply = z.infer<typeof uploadReply>;
export type PingReply = z.infer<typeof pingReply>;
export type UnhealthyReply = z.infer<typeof unhealthyReply>;
export type LogLevel = z.infer<typeof logLevel>['level'];
export type VersionReply = z.infer<typeof versionReply>;

/** What an export is sent as. */
export const COLLECTION_TYPE = 'application/x-ndjson';
/** What a backup is sent as. */
export const BACKUP_TYPE = 'application/vnd.sqlite3';
