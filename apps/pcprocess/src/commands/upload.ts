import {
  command,
  duration,
  explain,
  formatBytes,
  type Io,
  option,
  secret,
  text,
  UsageError,
  UserError,
} from '@perfcollector/cli';
import { openProgress } from '@perfcollector/cli/screen';
import { inputArgument, inputOptions } from '../input/options.ts';
import { portalOptions } from '../layouts/portal/options.ts';
import { type PortalFile, withPortalFiles } from '../upload/portal-files.ts';
import type { Destination } from '../upload/post.ts';
import { type Delivery, send } from '../upload/send.ts';

interface Uploaded {
  /** The files that the portal took. */
  readonly sent: readonly { readonly file: string; readonly machine: string; readonly bytes: number }[];
  readonly problems: readonly string[];
}

/** Where the portal takes files. */
const PATH = '/api/v1/performance/upload';

/** Sends files of the portal layout, or what it makes of collections. One that fails does not keep the others from being sent. */
export const upload = command({
  args: [{ ...inputArgument, about: `${inputArgument.about} Files of the portal layout are sent as they are.` }],
  options: {
    url: option({ flag: '--url <url>', env: 'XATBACKEND_URL', about: 'The portal to send to.', parse: parseUrl }),
    apiKey: secret({ flag: '--apikey-file <path>', env: 'XATBACKEND_APIKEY', about: 'The key to send with.' }),
    tenant: text({ flag: '--tenant <id>', env: 'TENANT_ID', about: 'Whose data it is.' }),
    machineId: text({
      flag: '--machine-id <id>',
      env: 'MACHINE_ID',
      about: 'What the portal calls the machine; else the name that it has here.',
    }),
    retry: duration({
      flag: '--retry <duration>',
      fallback: '5m',
      about: 'How long to try again with a file while the portal is away.',
    }),
    ...portalOptions,
    ...inputOptions,
  },
  async run({ url, apiKey, tenant, retry, ...values }, { io, args }): Promise<Uploaded> {
    const destination = destinationOf({ url, apiKey });
    if (tenant === undefined) throw new UsageError('nothing says whose data it is', 'Set TENANT_ID, or give --tenant.');
    warn(destination, io);
    try {
      return await withPortalFiles({ args, values, io }, async ({ files, problems }) => {
        if (files.length === 0) throw nothing(problems);
        return sendAll(files, { destination, tenant, retryMs: retry, io, problems });
      });
    } catch (error) {
      throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: the rest was not sent') : error;
    }
  },
  print: ({ sent }) =>
    sent.map(({ file, machine, bytes }) => `${file}: ${formatBytes(bytes)} sent as ${machine}\n`).join(''),
  problems: ({ problems }) => problems,
});

function parseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && url.username + url.password !== '') throw new Error('an address takes no user and password');
  if (!url || !/^https?:$/.test(url.protocol) || url.search + url.hash !== '')
    throw new Error(`${JSON.stringify(value)} is no address; expected one such as https://portal.example.com`);
  return new URL(`${url.origin}${url.pathname.replace(/\/+$/, '')}${PATH}`);
}

/** @throws UsageError, which does not repeat the key */
function destinationOf({ url, apiKey }: { url: URL | undefined; apiKey: string | undefined }): Destination {
  if (url === undefined) throw new UsageError('nothing says where to send it', 'Set XATBACKEND_URL, or give --url.');
  if (apiKey === undefined)
    throw new UsageError('it takes a key to send it', 'Set XATBACKEND_APIKEY, or name a file with --apikey-file.');
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new UsageError('the key holds a blank, a line feed or another character that no key has');
  return { url, apiKey };
}

function warn({ url: { protocol, hostname, origin } }: Destination, { stderr }: Io): void {
  if (protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return;
  stderr.write(`pcprocess: ${origin} is no https address: on the way there, the key can be read by others\n`);
}

interface Job {
  readonly destination: Destination;
  readonly tenant: string;
  readonly retryMs: number;
  readonly io: Io;
  readonly problems: readonly string[];
}

async function sendAll(
  files: readonly PortalFile[],
  { destination, tenant, retryMs, io, ...job }: Job,
): Promise<Uploaded> {
  const progress = openProgress(io);
  const delivery = { destination, retryMs, progress, signal: io.signal };
  const sent: Uploaded['sent'][number][] = [];
  const problems = [...job.problems];
  try {
    for (const file of files) {
      const result = await sendOne(file, tenant, delivery);
      if (typeof result === 'string') problems.push(result);
      else sent.push({ file: file.name, machine: file.machine, bytes: result.bytes });
    }
  } finally {
    progress.close();
  }
  return { sent, problems };
}

/** What is wrong, as a sentence, where it was not sent. */
async function sendOne(file: PortalFile, tenant: string, delivery: Delivery): Promise<{ bytes: number } | string> {
  const fields = { machine_id: file.machine, tenant_id: tenant };
  try {
    return { bytes: await send({ path: file.path, fileName: file.name, fields }, delivery) };
  } catch (error) {
    if (delivery.signal.aborted || !(error instanceof UserError)) throw error;
    return `${file.name}: ${explain(error)}`;
  }
}

function nothing(problems: readonly string[]): UserError {
  const hint = 'Name collections of hosts, or files that the portal layout wrote.';
  return new UserError('NO_SAMPLES', `there is nothing to send\n${problems.join('\n')}`.trimEnd(), { hint });
}
