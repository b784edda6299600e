/**
 * The compose file: its schema by Debian's docker-compose, which needs no engine for that; its style by yamllint; and what
 * this project promises of it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { unknownFlags, unknownVariables } from '../test-variables.ts';
import { stagesOf } from './test-dockerfile.ts';

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string; readonly dockerfile: string; readonly context: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | { readonly source: string; readonly read_only?: boolean })[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const directory = fileURLToPath(new URL('.', import.meta.url));
const text = readFileSync(join(directory, 'compose.yaml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);

/** Without them their tests are skipped at a developer's desk; in CI this says yes, so that they fail. */
function isInstalled(program: string): boolean {
  const places = (process.env.PATH ?? '').split(delimiter);
  return process.env.CI !== undefined || places.some((place) => existsSync(join(place, program)));
}

describe('compose.yaml', () => {
  it.skipIf(!isInstalled('docker-compose'))('is a compose file, with and without its profile', () => {
    // Version 1, which Debian has, is older than `name`.
    const input = text.replace(/^name: .*$/m, '');
    for (const profile of [[], ['--profile', 'agent']]) {
      const ran = spawnSync('docker-compose', ['-f', '-', ...profile, 'config'], {
        cwd: directory,
        input,
        encoding: 'utf8',
      });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(Object.keys((parse(ran.stdout) as Compose).services)).toContain('pcd');
    }
  });

  it.skipIf(!isInstalled('yamllint'))('is tidy, as are the manifests for Kubernetes', () => {
    const [config, manifests] = ['.yamllint.yaml', 'kubernetes'].map((name) => join(directory, '..', name));
    const { status, stdout } = spawnSync('yamllint', ['--strict', '-c', `${config}`, directory, `${manifests}`], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.each(services)(
    '%s names its version, writes only to volumes, has no capability, gains none, and is asked how it does',
    (_, service) => {
      expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service.healthcheck.test[0]).toBe('CMD');
    },
  );

  it.each(services)('%s is published on loopback alone, if at all', (_, { ports = [] }) => {
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('lets only those reach VictoriaMetrics, which knows no keys, that need it', () => {
    const reaching = services.filter(([, { networks }]) => networks.includes('back')).map(([name]) => name);
    expect(reaching.sort()).toEqual(['grafana', 'pcd', 'victoria-metrics']);
    expect(compose.services['victoria-metrics']?.networks).toEqual(['back']);
    expect(compose.networks.back).toEqual({ internal: true });
  });

  it('joins what there is: stages, files, volumes, networks, secrets', () => {
    const stages = stagesOf(readFileSync(join(directory, 'Dockerfile'), 'utf8'));
    for (const [, { build, volumes = [], networks, secrets = [], depends_on = {} }] of services) {
      if (build) expect([...stages.keys()]).toContain(build.target);
      if (build) expect(existsSync(join(directory, build.context, build.dockerfile))).toBe(true);
      const sources = volumes.map((volume) =>
        typeof volume === 'string' ? (volume.split(':')[0] ?? '') : volume.source,
      );
      for (const source of sources)
        expect(
          source.startsWith('.') ? existsSync(join(directory, source)) : source === '/' || source in compose.volumes,
        ).toBe(true);
      expect(networks.filter((network) => !(network in compose.networks))).toEqual([]);
      expect(secrets.filter((secret) => !(secret in compose.secrets))).toEqual([]);
      expect(Object.keys(depends_on).filter((name) => !(name in compose.services))).toEqual([]);
    }
  });

  it('gives the host to the agent read-only', () => {
    const host = compose.services.pcc?.volumes?.find((volume) => typeof volume === 'object' && volume.source === '/');
    expect(host).toMatchObject({ type: 'bind', target: '/host', read_only: true, bind: { propagation: 'rslave' } });
  });

  it('sets variables and flags that the programs know', async () => {
    const ours = services
      .filter(([, { build }]) => build)
      .flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(ours).toContain('PCC_SERVER');
    expect(await unknownVariables(ours)).toEqual([]);
    expect(await unknownFlags('pcc', compose.services.pcc?.command ?? [])).toEqual([]);
  });

  it('provisions Grafana with what it mounts there', () => {
    const read = (path: string) => readFileSync(join(directory, 'grafana/provisioning', path), 'utf8');
    const { datasources } = parse(read('datasources/perfcollector.yaml'));
    expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://victoria-metrics:8428', isDefault: true }]);
    const { providers } = parse(read('dashboards/perfcollector.yaml'));
    const mounts = compose.services.grafana?.volumes ?? [];
    expect(mounts).toContain(`./grafana/dashboards:${providers[0].options.path}:ro`);
    expect(compose.services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(
      `${providers[0].options.path}/perfcollector.json`,
    );
  });
});
