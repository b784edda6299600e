/**
 * The manifests for Kubernetes, without a cluster: their values against the API's own schema (kubernetes-models), their
 * fields against its types, so that a misspelt one is found, and what belongs together.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonSet, StatefulSet } from 'kubernetes-models/apps/v1';
import { Namespace, Service } from 'kubernetes-models/v1';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { unknownFlags, unknownVariables } from '../test-variables.ts';

const directory = fileURLToPath(new URL('.', import.meta.url));
const KINDS = { DaemonSet, Namespace, Service, StatefulSet };
type Kind = keyof typeof KINDS;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
}

const kustomization = parse(readFileSync(join(directory, 'kustomization.yaml'), 'utf8'));
const manifests = (kustomization.resources as string[]).flatMap((file) =>
  parseAllDocuments(readFileSync(join(directory, file), 'utf8')).map((document) => document.toJS() as Manifest),
);
const named: [string, Manifest][] = manifests.map((one) => [`${one.kind} ${one.metadata.name}`, one]);

function manifest<K extends Kind>(kind: K, name: string): InstanceType<(typeof KINDS)[K]> {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found as unknown as InstanceType<(typeof KINDS)[K]>;
}

const pcd = manifest('StatefulSet', 'pcd');
const pcc = manifest('DaemonSet', 'pcc');
const pods = [['pcd', pcd.spec?.template] as const, ['pcc', pcc.spec?.template] as const];

/** What the compiler says of manifests, written as literals of the API's types. */
function problemsOfTypes(of: readonly Manifest[]): string {
  const place = mkdtempSync(fileURLToPath(new URL('../../node_modules/.manifests-', import.meta.url)));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const lines = of.map(({ apiVersion, kind, ...rest }, at) => {
    const body = JSON.stringify({ apiVersion, kind, ...rest });
    return `import type { I${kind} as T${at} } from 'kubernetes-models/${apiVersion}';\nexport const one${at}: T${at} = ${body};\n`;
  });
  writeFileSync(join(place, 'manifests.ts'), lines.join(''));
  const options = '--noEmit --ignoreConfig --strict --skipLibCheck --module nodenext --target es2024'.split(' ');
  try {
    execFileSync('node_modules/.bin/tsc', [...options, join(place, 'manifests.ts')], { encoding: 'utf8' });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('the manifests', () => {
  it('are all in the kustomization', () => {
    const files = readdirSync(directory).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    const images = pods.flatMap(([, pod]) => pod?.spec?.containers.map(({ image }) => image));
    expect(kustomization.images.map(({ name, newTag }: Record<string, string>) => `${name}:${newTag}`)).toEqual(images);
  });

  it.each(named)('%s has values that the API takes', (_, { kind, ...rest }) => {
    const made = new KINDS[kind](rest as never);
    expect(() => made.validate()).not.toThrow();
  });

  it('have fields that the API knows', () => {
    expect(problemsOfTypes(manifests)).toBe('');
    const wrong = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { portz: [] },
    } as unknown as Manifest;
    expect(problemsOfTypes([wrong])).toMatch(/portz.* does not exist in type 'IServiceSpec'/);
  });

  it.each(pods)('%s runs without root, rights, a writable root, and access to the API', (_, pod) => {
    expect(pod?.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod?.spec).not.toHaveProperty(name);
    for (const { securityContext, resources } of pod?.spec?.containers ?? []) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources).toMatchObject({ requests: { cpu: expect.anything() }, limits: { memory: expect.anything() } });
    }
  });

  it.each(pods)('%s mounts the volumes that it has', (name, pod) => {
    const claimed = name === 'pcd' ? pcd.spec?.volumeClaimTemplates?.map(({ metadata }) => metadata?.name) : [];
    const volumes = [...(pod?.spec?.volumes ?? []).map((volume) => volume.name), ...(claimed ?? [])];
    const mounted = pod?.spec?.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount) => mount.name));
    expect(mounted?.sort()).toEqual(volumes.sort());
  });

  it.each([
    ['pcd', pcd],
    ['pcc', pcc],
  ])('%s is of the pods that it selects', (_, { spec }) => {
    expect(spec?.template.metadata?.labels).toMatchObject(spec?.selector.matchLabels ?? { nothing: '' });
  });

  it('leads agents through the service to pcd', () => {
    const service = manifest('Service', 'pcd');
    const [port] = service.spec?.ports ?? [];
    const [container] = pcd.spec?.template.spec?.containers ?? [];
    expect(pcd.spec?.template.metadata?.labels).toMatchObject(service.spec?.selector ?? { nothing: '' });
    expect(container?.ports).toMatchObject([{ name: port?.targetPort, containerPort: 8080 }]);
    const address = pcc.spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === 'PCC_SERVER')?.value;
    expect(address).toBe(`https://pcd.${service.metadata?.namespace}.svc:${port?.port}`);
    for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe])
      expect(probe?.httpGet).toMatchObject({ port: port?.targetPort, scheme: 'HTTPS' });
  });

  it('shows the host to the agent read-only, mounts that come later included', () => {
    const mounts = pcc.spec?.template.spec?.containers[0]?.volumeMounts;
    expect(mounts?.find(({ name }) => name === 'host')).toEqual({
      name: 'host',
      mountPath: '/host',
      readOnly: true,
      mountPropagation: 'HostToContainer',
    });
  });

  it('is in namespaces that let it in', () => {
    const enforced = manifests.flatMap(({ kind, metadata }) =>
      kind === 'Namespace' ? [[metadata.name, metadata.labels?.['pod-security.kubernetes.io/enforce']]] : [],
    );
    expect(Object.fromEntries(enforced)).toEqual({
      [pcd.metadata?.namespace ?? '']: 'restricted',
      [pcc.metadata?.namespace ?? '']: 'privileged',
    });
  });

  it('set variables and flags that the programs know', async () => {
    const containers = pods.flatMap(([, pod]) => pod?.spec?.containers ?? []);
    const names = containers.flatMap(({ env = [] }) => env.map(({ name }) => name));
    expect(names).toContain('PCC_SERVER');
    expect(await unknownVariables(names)).toEqual([]);
    expect(await unknownFlags('pcc', pcc.spec?.template.spec?.containers[0]?.args ?? [])).toEqual([]);
  });
});
