import { optionalFact } from '../../errors.ts';
import { entries } from '../../host/read.ts';
import { parseJson, parseJsonObject } from '../../json.ts';
import type { HostReader } from '../../types.ts';
import type { GroupName } from './identify.ts';

/** What a container's runtime has written down of it. */
export interface ContainerLabels {
  readonly runtime?: string | undefined;
  readonly name?: string | undefined;
  readonly image?: string | undefined;
}

/** Each runtime's own files, below the host's root; no daemon is asked. Undefined where there is none, or none to read. */
type Find = (host: HostReader, id: string, path: string) => ContainerLabels | undefined;

const RUNTIMES: readonly (readonly [string, Find])[] = [
  ['docker', fromDocker],
  ['podman', fromPodman],
  ['crio', fromCrio],
  ['containerd', fromContainerd],
];

/** @param path of its control group: it tells whose it is */
export function containerLabels(host: HostReader, group: GroupName, path: string): ContainerLabels {
  const { id, runtime, name } = group;
  if (id === undefined) return { runtime, name };
  for (const [each, find] of RUNTIMES) {
    if (runtime !== undefined && runtime !== each) continue;
    const found = find(host, id, path);
    if (found) return { runtime: each, ...found };
  }
  return { runtime };
}

function fromDocker(host: HostReader, id: string): ContainerLabels | undefined {
  const config = readObject(host, `/var/lib/docker/containers/${id}/config.v2.json`);
  return config && { name: textOf(config.Name)?.replace(/^\//, ''), image: textOf(objectOf(config.Config)?.Image) };
}

/** containers-storage's list, of the system or of the user in whose slice the container is. */
function fromPodman(host: HostReader, id: string, path: string): ContainerLabels | undefined {
  const uid = /^\/user\.slice\/user-(\d+)\.slice\//.exec(path)?.[1];
  const storage = uid === undefined ? '/var/lib/containers' : `${homeOf(host, uid)}/.local/share/containers`;
  const list = readJson(host, `${storage}/storage/overlay-containers/containers.json`);
  const entry = Array.isArray(list) ? list.map(objectOf).find((one) => one?.id === id) : undefined;
  if (!entry) return undefined;
  const metadata = parseJsonObject(textOf(entry.metadata) ?? '');
  const name = Array.isArray(entry.names) ? textOf(entry.names[0]) : undefined;
  return { name: name ?? textOf(metadata?.name), image: textOf(metadata?.['image-name']) };
}

function homeOf(host: HostReader, uid: string): string | undefined {
  const users = optionalFact(() => host.readText('/etc/passwd')) ?? '';
  return users
    .split('\n')
    .map((line) => line.split(':'))
    .find((columns) => columns[2] === uid)?.[5];
}

function fromCrio(host: HostReader, id: string): ContainerLabels | undefined {
  const paths = ['/run', '/var/lib'].map(
    (at) => `${at}/containers/storage/overlay-containers/${id}/userdata/config.json`,
  );
  const notes = objectOf(readObject(host, ...paths)?.annotations);
  return (
    notes && {
      name: textOf(notes['io.kubernetes.container.name']),
      image: textOf(notes['io.kubernetes.cri-o.ImageName']),
    }
  );
}

/** The state of running containers, by namespace; that of k3s is elsewhere. */
function fromContainerd(host: HostReader, id: string): ContainerLabels | undefined {
  const homes = ['/run/containerd', '/run/k3s/containerd'].map((at) => `${at}/io.containerd.runtime.v2.task`);
  const paths = homes.flatMap((home) =>
    entries(host, home).map((namespace) => `${home}/${namespace}/${id}/config.json`),
  );
  const config = paths.length > 0 ? readObject(host, ...paths) : undefined;
  const notes = objectOf(config?.annotations) ?? {};
  return (
    config && {
      name: textOf(notes['io.kubernetes.cri.container-name']) ?? textOf(notes['nerdctl/name']),
      image: textOf(notes['io.kubernetes.cri.image-name']),
    }
  );
}

function readObject(host: HostReader, ...paths: readonly string[]): Record<string, unknown> | undefined {
  const text = optionalFact(() => host.readText(...paths));
  return text === undefined ? undefined : parseJsonObject(text);
}

function readJson(host: HostReader, path: string): unknown {
  try {
    return parseJson(optionalFact(() => host.readText(path)) ?? 'null');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // it is being written
    throw error;
  }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
