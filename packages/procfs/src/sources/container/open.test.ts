import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SourceError } from '../../errors.ts';
import { FieldCollector } from '../../scan/field-sink.ts';
import { allSettings, plainSettings, sampleOf } from '../../test-sampling.ts';
import type { Fields, HostReader, OpenSource } from '../../types.ts';
import { containerSource } from './index.ts';
import { openContainers } from './open.ts';
import { parseContainer } from './parse.ts';
import { addFiles, hostOf, inside, named, V2_FIELDS, V2_FILES, V2_MOUNT } from './test-tree.ts';

const ID = '942b476921d8001bc53b35e48954a3a280e4a4cdceee8f13dc9396caf72de7f7';
const OTHER = 'b98291792f12accdd778722581a3c3933763487127bbfec85927a732a76150a9';
const ROOT = '/sys/fs/cgroup';
const MOUNTS = { '/proc/1/mountinfo': V2_MOUNT };
const podman = `${ROOT}/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`;
const pod = `${ROOT}/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice`;

async function fieldsOf(host: HostReader, settings = plainSettings): Promise<Fields> {
  const { fields, problems } = await sampleOf(containerSource, host, settings);
  expect(problems).toStrictEqual([]);
  return fields;
}

function tick(open: OpenSource): Fields {
  const collector = new FieldCollector();
  void open.sample(collector, () => {});
  return collector.fields;
}

describe('on cgroup v2 a container', () => {
  test('of docker is sampled with its name and image', async () => {
    const config = { Name: '/web', Config: { Image: 'nginx:1.27', Env: ['SECRET=1'] } };
    const host = hostOf({
      ...MOUNTS,
      ...inside(`${ROOT}/system.slice/docker-${ID}.scope`, V2_FILES),
      [`/var/lib/docker/containers/${ID}/config.v2.json`]: JSON.stringify(config),
    });
    const labels = { id: ID, runtime: 'docker', name: 'web', image: 'nginx:1.27' };
    expect(await fieldsOf(host)).toStrictEqual(named('container_942b476921d8', { ...labels, ...V2_FIELDS }));
  });

  test('of kubernetes is sampled with what containerd says of it', async () => {
    const annotations = {
      'io.kubernetes.cri.container-name': 'nginx',
      'io.kubernetes.cri.image-name': 'docker.io/library/nginx:1.27',
    };
    const host = hostOf({
      ...MOUNTS,
      ...inside(`${pod}/cri-containerd-${ID}.scope`, { 'pids.current': '3\n' }),
      ...inside(`${ROOT}/kubepods/burstable/pod3/${OTHER}`, { 'pids.current': '4\n' }),
      [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${ID}/config.json`]: JSON.stringify({ annotations }),
      [`/run/containerd/io.containerd.runtime.v2.task/k8s.io/${OTHER}/config.json`]: '{"annotations":{}}',
    });
    expect(await fieldsOf(host)).toStrictEqual({
      container_942b476921d8_id: ID,
      container_942b476921d8_runtime: 'containerd',
      container_942b476921d8_name: 'nginx',
      container_942b476921d8_image: 'docker.io/library/nginx:1.27',
      container_942b476921d8_pids_current: 3,
      container_b98291792f12_id: OTHER,
      container_b98291792f12_runtime: 'containerd',
      container_b98291792f12_pids_current: 4,
    });
  });

  test("of a user's podman is sampled with what that user's storage says of it", async () => {
    const metadata = JSON.stringify({ 'image-name': 'docker.io/library/redis:7', name: 'cache' });
    const host = hostOf({
      ...MOUNTS,
      ...inside(podman, { 'memory.current': '8192\n', 'memory.max': 'max\n' }),
      ...inside(`${podman}/container`, { 'memory.current': '4096\n' }),
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n',
      '/home/ann/.local/share/containers/storage/overlay-containers/containers.json': JSON.stringify([
        { id: OTHER, names: ['other'] },
        { id: ID, names: ['cache'], metadata },
      ]),
    });
    expect(await fieldsOf(host)).toStrictEqual({
      container_942b476921d8_id: ID,
      container_942b476921d8_runtime: 'podman',
      container_942b476921d8_name: 'cache',
      container_942b476921d8_image: 'docker.io/library/redis:7',
      container_942b476921d8_memory_current: 8192,
    });
  });

  test('of CRI-O is sampled with what its annotations say', async () => {
    const annotations = { 'io.kubernetes.container.name': 'dns', 'io.kubernetes.cri-o.ImageName': 'coredns:1' };
    const host = hostOf({
      ...MOUNTS,
      ...inside(`${pod}/crio-${ID}.scope`, { 'pids.max': 'max\n', 'cpu.max': 'max 100000\n' }),
      ...inside(`${pod}/crio-conmon-${ID}.scope`, { 'pids.max': '5\n' }),
      [`/run/containers/storage/overlay-containers/${ID}/userdata/config.json`]: JSON.stringify({ annotations }),
    });
    expect(await fieldsOf(host)).toStrictEqual({
      container_942b476921d8_id: ID,
      container_942b476921d8_runtime: 'crio',
      container_942b476921d8_name: 'dns',
      container_942b476921d8_image: 'coredns:1',
      container_942b476921d8_cpu_period_us: 100000,
    });
  });

  test('of LXC or systemd-nspawn is called by its name', async () => {
    const host = hostOf({
      ...MOUNTS,
      ...inside(`${ROOT}/lxc.payload.web_1`, { 'pids.current': '1\n' }),
      ...inside(`${ROOT}/lxc.payload.web_1/system.slice/docker-${ID}.scope`, { 'pids.current': '9\n' }),
      ...inside(`${ROOT}/machine.slice/machine-db\\x2d1.scope`, { 'pids.current': '2\n' }),
    });
    expect(await fieldsOf(host)).toStrictEqual({
      container_web_1_name: 'web_1',
      container_web_1_runtime: 'lxc',
      container_web_1_pids_current: 1,
      'container_db-1_name': 'db-1',
      'container_db-1_runtime': 'nspawn',
      'container_db-1_pids_current': 2,
    });
  });

  test('is sampled without what its runtime keeps to itself or has written badly', async () => {
    const host = hostOf({
      ...MOUNTS,
      ...inside(`${ROOT}/docker/${ID}`, { 'pids.current': '1\n' }),
      [`/var/lib/docker/containers/${ID}/config.v2.json`]: '{"Name":',
    });
    expect(await fieldsOf(host)).toStrictEqual({
      container_942b476921d8_id: ID,
      container_942b476921d8_runtime: 'docker',
      container_942b476921d8_pids_current: 1,
    });
  });
});

const V1_MOUNTS = `24 18 0:20 / /sys/fs/cgroup ro shared:8 - tmpfs tmpfs ro,mode=755
25 24 0:21 / /sys/fs/cgroup/systemd rw shared:9 - cgroup cgroup rw,xattr,name=systemd
27 24 0:23 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory
28 24 0:24 / /sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpuacct,cpu
29 24 0:25 / /sys/fs/cgroup/blkio rw shared:12 - cgroup cgroup rw,blkio
`;
const V1_FILES = {
  ...inside(`${ROOT}/memory/docker/${ID}`, {
    'memory.usage_in_bytes': '58802176\n',
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.stat':
      'cache 1\nrss 2\nhierarchical_memory_limit 9223372036854771712\ntotal_cache 57663488\ntotal_rss 110592\ntotal_swap 0\n',
  }),
  ...inside(`${ROOT}/cpu,cpuacct/docker/${ID}`, {
    'cpuacct.usage': '2923730999\n',
    'cpuacct.stat': 'user 247\nsystem 44\n',
    'cpu.stat': 'nr_periods 83\nnr_throttled 52\nthrottled_time 999\n',
    'cpu.cfs_quota_us': '-1\n',
    'cpu.cfs_period_us': '100000\n',
  }),
  ...inside(`${ROOT}/blkio/docker/${ID}`, {
    'blkio.throttle.io_service_bytes':
      '8:0 Read 4096\n8:0 Write 512\n8:0 Sync 4608\n8:0 Async 0\n8:0 Total 4608\n8:16 Read 1\n8:16 Write 2\nTotal 4611\n',
    'blkio.throttle.io_serviced': '8:0 Read 3\n8:0 Write 1\n8:0 Total 4\n8:16 Read 1\n8:16 Write 1\nTotal 6\n',
  }),
};
const V1_FIELDS = {
  cpu_usage_us: 2923730,
  cpu_user_ticks: 247,
  cpu_system_ticks: 44,
  cpu_periods: 83,
  cpu_throttled: 52,
  cpu_throttled_us: 0,
  cpu_period_us: 100000,
  memory_current: 58802176,
  memory_file: 57663488,
  memory_anon: 110592,
  memory_swap_current: 0,
  io_read_bytes: 4097,
  io_write_bytes: 514,
  io_read_ops: 4,
  io_write_ops: 2,
};

describe('on cgroup v1 a container', () => {
  const labels = { id: ID, runtime: 'docker' };

  test('is sampled from all its hierarchies', async () => {
    const host = hostOf({ '/proc/1/mountinfo': V1_MOUNTS, ...V1_FILES });
    expect(await fieldsOf(host)).toStrictEqual(named('container_942b476921d8', { ...labels, ...V1_FIELDS }));
  });

  test('is found in the usual place where nothing is said of mounts', async () => {
    expect(await fieldsOf(hostOf(V1_FILES))).toMatchObject(named('container_942b476921d8', V1_FIELDS));
  });

  test.each(['9223372036854710272', '9223372036854775807', '18446744073709551615'])(
    'has no limit that is %s',
    async (none) => {
      const host = hostOf(inside(`${ROOT}/memory/docker/${ID}`, { 'memory.limit_in_bytes': `${none}\n` }));
      expect(Object.keys(await fieldsOf(host))).not.toContain('container_942b476921d8_memory_max');
    },
  );

  test('of a hybrid host has the pressure of version 2, and the rest of version 1', async () => {
    const unified = '41 24 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n';
    const host = hostOf({
      '/proc/1/mountinfo': V1_MOUNTS + unified,
      ...V1_FILES,
      ...inside(`${ROOT}/unified/docker/${ID}`, {
        'cpu.stat': 'usage_usec 7\nuser_usec 7\nsystem_usec 0\n',
        'cpu.pressure': V2_FILES['cpu.pressure'] ?? '',
      }),
    });
    const pressure = Object.entries(V2_FIELDS).filter(([stat]) => stat.startsWith('cpu_pressure'));
    const want = { ...labels, ...V1_FIELDS, ...Object.fromEntries(pressure) };
    expect(await fieldsOf(host)).toStrictEqual(named('container_942b476921d8', want));
  });
});

describe('slices and services', () => {
  const service = `${ROOT}/system.slice/system-web.slice/web@a\\x2db.service`;
  const files = { ...MOUNTS, ...inside(service, V2_FILES), [`${ROOT}/system.slice/pids.current`]: '7\n' };

  test('are left out unless they are wanted', async () => {
    expect(await fieldsOf(hostOf(files))).toStrictEqual({});
  });

  test('are sampled at any depth, by their paths', async () => {
    const fields = await fieldsOf(hostOf(files), allSettings);
    expect(fields).toStrictEqual({
      'cgroup_system.slice_pids_current': 7,
      ...named('cgroup_system.slice/system-web.slice/web@a-b.service', V2_FIELDS),
    });
  });
});

describe('input and output', () => {
  async function summed(ioStat: string, files: Record<string, string> = {}): Promise<Fields> {
    const host = hostOf({ ...MOUNTS, ...files, [`${ROOT}/lxc.payload.a/io.stat`]: ioStat });
    const { container_a_name, container_a_runtime, ...rest } = await fieldsOf(host);
    return rest;
  }
  const sums = (...[read, write, reads, writes]: (number | string)[]) =>
    named('container_a_io', {
      read_bytes: read ?? 0,
      write_bytes: write ?? 0,
      read_ops: reads ?? 0,
      write_ops: writes ?? 0,
    });
  const LVM = '8:0 rbytes=10 wbytes=20 rios=1 wios=2\n253:0 rbytes=9 wbytes=19 rios=1 wios=2\n';
  const SYSFS = {
    '/sys/dev/block/8:0/uevent': 'MAJOR=8\nMINOR=0\nDEVNAME=sda\n',
    '/sys/dev/block/8:0/sda2/holders/dm-0/dev': '253:0\n',
  };

  test('are none before any', async () => {
    expect(await summed('')).toStrictEqual(sums(0, 0, 0, 0));
  });
  test('pass over devices that did nothing, on lines of their own or not', async () => {
    expect(await summed('8:16 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 cost.usage=7\n7:0 \n')).toStrictEqual(
      sums(1, 2, 3, 4),
    );
  });
  test('are not counted again at the disk below a volume', async () => {
    expect(await summed(LVM, SYSFS)).toStrictEqual(sums(9, 19, 1, 2));
    expect(await summed('8:0 rbytes=10 wbytes=20 rios=1 wios=2\n', SYSFS)).toStrictEqual(sums(10, 20, 1, 2));
  });
  test('are summed where the host does not say what stands on what', async () => {
    expect(await summed(LVM)).toStrictEqual(sums(19, 39, 2, 4));
  });
  test('are exact above 2^53', async () => {
    const text =
      '8:0 rbytes=18446744073709551614 wbytes=9007199254740991 rios=1 wios=0\n8:16 rbytes=1 wbytes=1 rios=0 wios=0\n';
    expect(await summed(text)).toStrictEqual(sums('18446744073709551615', '9007199254740992', 1, 0));
  });
});

describe('from tick to tick', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const web = `${ROOT}/lxc.payload.web`;
  const db = `${ROOT}/lxc.payload.db`;

  test('a container that comes is found within ten seconds', () => {
    const host = hostOf({ ...MOUNTS, ...inside(web, { 'pids.current': '1\n' }) });
    const open = openContainers(host, plainSettings);
    tick(open);
    addFiles(host.root, inside(db, { 'pids.current': '2\n' }));
    vi.advanceTimersByTime(9_000);
    expect(tick(open)).toMatchObject({ container_web_pids_current: 1, container_db_pids_current: 2 });
    open.close();
  });

  test('a container that comes is found at once where the kernel counts', () => {
    const count = (groups: number) => ({
      [`${ROOT}/cgroup.stat`]: `nr_descendants ${groups}\nnr_dying_descendants 0\n`,
    });
    const host = hostOf({ ...MOUNTS, ...count(1), ...inside(web, { 'pids.current': '1\n' }) });
    const open = openContainers(host, plainSettings);
    tick(open);
    addFiles(host.root, { ...count(2), ...inside(db, { 'pids.current': '2\n' }) });
    vi.advanceTimersByTime(1_000);
    expect(tick(open)).toMatchObject({ container_web_pids_current: 1, container_db_pids_current: 2 });
    open.close();
  });

  test('a container that vanishes costs only itself, and another of its name is another', () => {
    const files = { 'cpu.stat': 'usage_usec 5\n', 'pids.current': '1\n' };
    const host = hostOf({ ...MOUNTS, ...inside(web, files), ...inside(db, files) });
    const open = openContainers(host, plainSettings);
    tick(open);
    rmSync(join(host.root, db), { recursive: true });
    const without = tick(open);
    expect(without).toMatchObject({ container_web_cpu_usage_us: 5 });
    expect(without).not.toHaveProperty('container_db_cpu_usage_us');
    vi.advanceTimersByTime(1_000);
    addFiles(host.root, inside(db, { 'cpu.stat': 'usage_usec 1\n' }));
    expect(tick(open)).toMatchObject({ container_db_cpu_usage_us: 1, container_web_cpu_usage_us: 5 });
    open.close();
  });

  test('a container that loses a file keeps the others', () => {
    const host = hostOf({ ...MOUNTS, ...inside(web, { 'cpu.stat': 'usage_usec 5\n', 'pids.current': '1\n' }) });
    const open = openContainers(host, plainSettings);
    tick(open);
    rmSync(join(host.root, web, 'cpu.stat'));
    tick(open);
    vi.advanceTimersByTime(1_000);
    expect(tick(open)).toStrictEqual({
      container_web_name: 'web',
      container_web_runtime: 'lxc',
      container_web_pids_current: 1,
    });
    open.close();
  });
});

test('a host without control groups has none to sample', async () => {
  await expect(sampleOf(containerSource, hostOf({ '/proc/stat': '' }))).rejects.toThrow(SourceError);
});

describe('the raw text of a container', () => {
  test('has the members of perfcollector2, and is read back as what was sampled', async () => {
    const host = hostOf({ ...MOUNTS, ...inside(`${ROOT}/docker/${ID}`, V2_FILES) });
    const open = openContainers(host, plainSettings);
    const raw = (await open.rawTexts?.()) ?? [];
    open.close();
    expect(raw.map(({ subsystem }) => subsystem)).toStrictEqual(['container/docker/942b476921d8']);
    const { subsystem = '', text = '' } = raw[0] ?? {};
    expect(Object.keys(JSON.parse(text) as object)).toStrictEqual(
      `container_id container_name cpu_period cpu_periods cpu_quota cpu_system_usec cpu_throttled cpu_throttled_usec
      cpu_usage_usec cpu_user_usec io_read_bytes io_read_ops io_write_bytes io_write_ops memory_anon memory_current
      memory_file memory_kernel memory_max memory_slab pids_current pids_max runtime`.split(/\s+/),
    );
    expect(await fieldsOf(host)).toMatchObject(parseContainer(text, subsystem));
  });

  test('of one without an id is read back too', async () => {
    const host = hostOf({ ...MOUNTS, ...inside(`${ROOT}/lxc.payload.web_1`, { 'pids.current': '1\n' }) });
    const raw = (await openContainers(host, plainSettings).rawTexts?.()) ?? [];
    const { subsystem = '', text = '' } = raw[0] ?? {};
    expect(containerSource.isSubsystem?.(subsystem)).toBe(true);
    expect(parseContainer(text, subsystem)).toMatchObject({
      container_web_1_pids_current: 1,
      container_web_1_name: 'web_1',
    });
  });
});
