import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';

describe('the address of VictoriaMetrics', () => {
  it('one address is written to and read from', () => {
    const { write, read } = parseAddress('victoriametrics+http://127.0.0.1:8428/');
    expect(write).toEqual({ url: 'http://127.0.0.1:8428', authorization: undefined });
    expect(read).toEqual(write);
  });

  it("a cluster has two, with its tenant's paths", () => {
    const address = 'victoriametrics+http://insert:8480/insert/0/prometheus,https://select:8481/select/0/prometheus/';
    const { write, read } = parseAddress(address);
    expect(write.url).toBe('http://insert:8480/insert/0/prometheus');
    expect(read.url).toBe('https://select:8481/select/0/prometheus');
  });

  it('a user and a password become a header and leave the address', () => {
    const { write } = parseAddress('victoriametrics+https://us%20er:s%2Cecret@host/path');
    const basic = Buffer.from('us er:s,ecret').toString('base64');
    expect(write).toEqual({ url: 'https://host/path', authorization: `Basic ${basic}` });
  });

  const bad = [
    'victoriametrics+',
    'victoriametrics+user:hidden@host',
    'victoriametrics+ftp://user:hidden@host',
    'victoriametrics+http://user:hidden@host/?q=1',
    'victoriametrics+http://user:hidden@host,http://b,http://c',
    'http://user:hidden@host',
  ];
  for (const text of bad) {
    it(`${text} is none, and the sentence says what is expected without the password`, () => {
      const parse = () => parseAddress(text);
      expect(parse).toThrow(/expected .*victoriametrics\+http:\/\/127\.0\.0\.1:8428/);
      expect(parse).not.toThrow(/hidden/);
    });
  }
});
