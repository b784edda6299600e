import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { isContainerSubsystem, parseContainer } from './parse.ts';

const SUBSYSTEM = 'container/docker/942b476921d8';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseContainer(text, SUBSYSTEM)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseContainer(text, SUBSYSTEM)).toThrow(ParseError);
    expect(() => parseContainer(text, SUBSYSTEM)).toThrow(message);
  });
}

const ID = '942b476921d8001bc53b35e48954a3a280e4a4cdceee8f13dc9396caf72de7f7';
/** As perfcollector2 recorded it. */
const PERFCOLLECTOR2 = `{"container_id":"${ID}","container_name":"","cpu_period":100000,"cpu_periods":83,
"cpu_quota":50000,"cpu_system_usec":446493,"cpu_throttled":52,"cpu_throttled_usec":2326325,"cpu_usage_usec":2923730,
"cpu_user_usec":2477237,"io_read_bytes":50896896,"io_read_ops":95,"io_write_bytes":11239424,"io_write_ops":15,
"memory_anon":110592,"memory_current":58802176,"memory_file":57663488,"memory_kernel":1028096,"memory_max":536870912,
"memory_slab":939776,"pids_current":1,"pids_max":4580,"runtime":"docker"}`;

describe('a container is read', () => {
  ok("from perfcollector2's object, without its empty name", PERFCOLLECTOR2, {
    container_942b476921d8_id: ID,
    container_942b476921d8_runtime: 'docker',
    container_942b476921d8_cpu_usage_us: 2923730,
    container_942b476921d8_cpu_user_us: 2477237,
    container_942b476921d8_cpu_system_us: 446493,
    container_942b476921d8_cpu_periods: 83,
    container_942b476921d8_cpu_throttled: 52,
    container_942b476921d8_cpu_throttled_us: 2326325,
    container_942b476921d8_cpu_quota_us: 50000,
    container_942b476921d8_cpu_period_us: 100000,
    container_942b476921d8_memory_current: 58802176,
    container_942b476921d8_memory_max: 536870912,
    container_942b476921d8_memory_anon: 110592,
    container_942b476921d8_memory_file: 57663488,
    container_942b476921d8_memory_kernel: 1028096,
    container_942b476921d8_memory_slab: 939776,
    container_942b476921d8_io_read_bytes: 50896896,
    container_942b476921d8_io_read_ops: 95,
    container_942b476921d8_io_write_bytes: 11239424,
    container_942b476921d8_io_write_ops: 15,
    container_942b476921d8_pids_current: 1,
    container_942b476921d8_pids_max: 4580,
  });

  ok('with its name, whatever characters it holds', '{"container_name":"web_1 é\\n"}', {
    container_942b476921d8_name: 'web_1 é\n',
  });
  ok('without the limits that are "max"', '{"memory_max":"max","pids_max":"max","cpu_quota":"max","pids_current":3}', {
    container_942b476921d8_pids_current: 3,
  });
  ok('without the limits that are -1', '{"memory_max":-1,"pids_max":-1,"cpu_quota":-1,"pids_current":3}', {
    container_942b476921d8_pids_current: 3,
  });
  ok('without what is null', '{"memory_max":null,"container_name":null,"pids_current":0}', {
    container_942b476921d8_pids_current: 0,
  });
  ok('with members passed over that it does not know', '{"gpu_usage":5,"nested":{"a":[1]},"io_read_ops":7}', {
    container_942b476921d8_io_read_ops: 7,
  });
  ok('with counts above 2^53 as decimal strings', '{"cpu_usage_usec":"18446744073709551615"}', {
    container_942b476921d8_cpu_usage_us: '18446744073709551615',
  });
  ok('as nothing when the object is empty', '{}', {});
});

describe('a container is refused', () => {
  bad('when empty', '', /^cannot parse container\/docker\/942b476921d8: got ""; expected one JSON object/);
  bad('when blank', ' \n', /expected one JSON object/);
  bad('when cut off', PERFCOLLECTOR2.slice(0, 300), /expected one JSON object/);
  bad('when it is a list', `[${PERFCOLLECTOR2}]`, /expected one JSON object/);
  bad('when it is two objects', '{}\n{}', /expected one JSON object/);
  bad('when a count is negative', '{"pids_current":-1}', /expected a count in "pids_current"/);
  bad('when a count is a fraction', '{"memory_current":1.5}', /expected a count in "memory_current"/);
  bad('when a count is no number', '{"cpu_usage_usec":"lots"}', /expected a count in "cpu_usage_usec"/);
  bad('when a count is true', '{"cpu_usage_usec":true}', /expected a count in "cpu_usage_usec"/);

  test('when its subsystem does not name it', () => {
    expect(() => parseContainer('{"pids_current":1}', 'container/docker')).toThrow(ParseError);
  });
});

describe('the subsystem of a container', () => {
  test.each([SUBSYSTEM, 'container/containerd/0123456789ab', 'container/podman/ABC', `container/cri-o/${ID}`])(
    'is %s',
    (name) => {
      expect(isContainerSubsystem(name)).toBe(true);
    },
  );

  test.each([
    '',
    'container',
    'container/docker',
    'container/docker/',
    'container//942b476921d8',
    'container/a/b/942b476921d8',
    'container/docker/942b_76921d8',
    `container/docker/${ID}0`,
    'container/docker/942b\n',
    'xcontainer/docker/942b476921d8',
    '/proc/stat',
  ])('is not %j', (name) => {
    expect(isContainerSubsystem(name)).toBe(false);
  });
});
