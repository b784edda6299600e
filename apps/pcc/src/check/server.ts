import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ApiError, Client, contract } from '@perfcollector/api';
import { codeOf } from '@perfcollector/cli';
import type { destinationOf } from '../trickle-options.ts';
import { isReadable } from '../trickle-options.ts';
import { type Finding, failed, failure, ok, warning } from './finding.ts';
import { unreachable } from './unreachable.ts';

/** A check waits no longer than a person does. */
const PATIENCE_MS = 10_000;

/**
 * Whether samples of this machine would be taken there: name, connection, program, clock, key. Each needs those before it.
 * @param identifier undefined where it is not known
 */
export async function checkDestination(
  destination: ReturnType<typeof destinationOf>,
  identifier: string | undefined,
): Promise<Finding[]> {
  const { server } = destination;
  const name = await checkName(new URL(server).hostname);
  if (name?.state === 'failed') return [name];
  const findings = name ? [name] : [];
  const client = new Client({ ...destination, timeoutMs: PATIENCE_MS });
  try {
    findings.push(...(await checkProgram(client)), ...checkPrivacy(server));
    findings.push(await checkClock(client), await checkKey(client, identifier));
  } catch (error) {
    findings.push(unreachable(server, error));
  } finally {
    await client.destroy();
  }
  return findings;
}

/** Undefined for an address that has no name. */
async function checkName(hostname: string): Promise<Finding | undefined> {
  if (hostname === '') return undefined; // a Unix socket
  if (isIP(hostname.replace(/^\[|\]$/g, '')) > 0) return undefined;
  try {
    const addresses = await lookup(hostname, { all: true });
    return ok('name', `${hostname} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    const hint = 'Check how it is written, and the name servers in /etc/resolv.conf.';
    return failed('name', `${hostname} has no address (${codeOf(error)})`, hint);
  }
}

async function checkProgram(client: Client): Promise<Finding[]> {
  const { version } = await client.version();
  const isTls = client.server.startsWith('https:');
  const tls = isTls ? [ok('tls', `the certificate of ${client.server} is trusted`)] : [];
  return [ok('server', `${client.server} is pcd ${version}`), ...tls];
}

function checkPrivacy(server: string): Finding[] {
  if (!isReadable(server)) return [];
  const hint = 'Put a TLS proxy in front of pcd, and use https://.';
  return [warning('tls', `${server} is no https address: on the way there, the API key can be read by others`, hint)];
}

/** Of several, the quickest answer tells the time best. */
const PINGS = 5;
/** Whoever compares machines is misled by more. */
const MOST_SECONDS = 1;
const SET_CLOCK = 'Set the clock of this machine (chrony, ntpd, systemd-timesyncd), or of the server.';

/** The server's clock is read within the time of a request: half of that is how far the difference may be wrong. */
async function checkClock(client: Client): Promise<Finding> {
  let best = { ahead: 0, unsure: Number.POSITIVE_INFINITY };
  for (let ping = 0; ping < PINGS; ping += 1) {
    const began = performance.now();
    const before = Date.now() / 1000;
    // Whole seconds would be answered in whole seconds.
    const { timestamp } = await client.ping(Math.floor(before) + 0.5);
    const unsure = (performance.now() - began) / 2000;
    if (unsure < best.unsure) best = { ahead: before + unsure - timestamp, unsure };
  }
  const { ahead, unsure } = best;
  const side = ahead > 0 ? 'ahead of' : 'behind';
  const told = `the clock of this machine is ${Math.abs(ahead).toFixed(3)} s ${side} the server's, ±${unsure.toFixed(3)} s`;
  if (ahead - unsure > contract.MOST_AHEAD_SECONDS)
    return failed('clock', `${told}: its samples would be refused`, SET_CLOCK);
  return Math.abs(ahead) - unsure > MOST_SECONDS ? warning('clock', told, SET_CLOCK) : ok('clock', told);
}

/** A request with no sample in it passes everything that one with samples does, and stores nothing. */
async function checkKey(client: Client, identifier: string | undefined): Promise<Finding> {
  try {
    await client.trickle(identifier ?? 'unknown', []);
    return ok('key', 'the API key is accepted, and may send samples');
  } catch (error) {
    if (error instanceof ApiError && error.status === 0) throw error;
    return failure('key', error);
  }
}
