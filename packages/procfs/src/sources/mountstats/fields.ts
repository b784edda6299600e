import type { FieldSpec } from '../../types.ts';

export const ageFields: readonly FieldSpec[] = [{ stat: 'age_seconds', kernel: 'age', unit: 'seconds', kind: 'gauge', about: 'How long it has been mounted.' }];

/** The columns of `bytes:`. */
export const byteFields: readonly FieldSpec[] = [
  { stat: 'normal_read_bytes', kernel: 'bytes 1', unit: 'bytes', kind: 'counter', about: 'Bytes that programs read through the page cache.' },
  { stat: 'normal_written_bytes', kernel: 'bytes 2', unit: 'bytes', kind: 'counter', about: 'Bytes that programs wrote through the page cache.' },
  { stat: 'direct_read_bytes', kernel: 'bytes 3', unit: 'bytes', kind: 'counter', about: 'Bytes that programs read past the page cache (O_DIRECT).' },
  { stat: 'direct_written_bytes', kernel: 'bytes 4', unit: 'bytes', kind: 'counter', about: 'Bytes that programs wrote past the page cache (O_DIRECT).' },
  { stat: 'server_read_bytes', kernel: 'bytes 5', unit: 'bytes', kind: 'counter', about: 'Bytes that the server sent in answer to READ.' },
  { stat: 'server_written_bytes', kernel: 'bytes 6', unit: 'bytes', kind: 'counter', about: 'Bytes that were sent to the server with WRITE.' },
];

/** Of `xprt:`, added up over the connections of a mount (nconnect, since 5.3). */
export const transportFields: readonly FieldSpec[] = [
  { stat: 'xprt_sends', kernel: 'xprt sends', unit: 'count', kind: 'counter', about: 'Requests sent.' },
  { stat: 'xprt_recvs', kernel: 'xprt recvs', unit: 'count', kind: 'counter', about: 'Answers received.' },
  { stat: 'xprt_bad_xids', kernel: 'xprt bad_xids', unit: 'count', kind: 'counter', about: 'Answers to no request that waits: late ones, after it was sent again.' },
  { stat: 'xprt_backlog', kernel: 'xprt bklog_u', unit: 'count', kind: 'counter', about: 'Requests waiting for a free slot, added up at every send.' },
];

/** The columns of an operation; errors came with 5.3. */
export const operationStats = ['ops', 'transmissions', 'timeouts', 'sent_bytes', 'received_bytes', 'queue_ms', 'rtt_ms', 'exec_ms', 'errors'] as const;

const ABOUT: Record<(typeof operationStats)[number], Pick<FieldSpec, 'unit' | 'about'>> = {
  ops: { unit: 'count', about: 'Requests made.' },
  transmissions: { unit: 'count', about: 'Times that they were sent: more than requests where no answer came.' },
  timeouts: { unit: 'count', about: 'Major timeouts, after which the client says that the server does not respond.' },
  sent_bytes: { unit: 'bytes', about: 'Bytes sent for them, headers included.' },
  received_bytes: { unit: 'bytes', about: 'Bytes received for them, headers included.' },
  queue_ms: { unit: 'ms', about: 'Time that they waited before they were sent, added up.' },
  rtt_ms: { unit: 'ms', about: 'Time from sending to the answer, added up.' },
  exec_ms: { unit: 'ms', about: 'Time from the request to its end, waiting included, added up.' },
  errors: { unit: 'count', about: 'Requests that ended in an error.' },
};

/** The operations that are recorded one by one. */
export const operations = ['READ', 'WRITE'] as const;

export const operationFields: readonly FieldSpec[] = operations.flatMap((operation) =>
  operationStats.map((stat, at) => ({
    stat: `${operation.toLowerCase()}_${stat}`,
    kernel: `${operation} ${at + 1}`,
    kind: 'counter' as const,
    ...(stat === 'errors' && { since: '5.3' }),
    unit: ABOUT[stat].unit,
    about: `${operation}: ${ABOUT[stat].about}`,
  })),
);

export const mountFields: readonly FieldSpec[] = [...ageFields, ...byteFields, ...transportFields, ...operationFields];
