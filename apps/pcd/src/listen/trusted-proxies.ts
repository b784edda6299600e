import { BlockList, isIP } from 'node:net';

/** Whether a peer's `X-Forwarded-For` is believed; a peer on a Unix socket has no address. */
export type TrustedProxies = (address: string | undefined) => boolean;

const EXAMPLE = 'expected addresses such as 10.0.0.5, 10.0.0.0/8, loopback or unix';

/** Takes `loopback,unix,10.0.0.5,10.1.0.0/16,fd00::/8`. @throws Error with a sentence for the user */
export function parseTrustedProxies(text: string): TrustedProxies {
  const words = text.split(',').map((word) => word.trim());
  const addresses = words.filter((word) => word !== 'unix');
  const list = new BlockList();
  for (const address of addresses) addTo(list, address);
  const trustsUnix = addresses.length < words.length;
  return (address) => {
    const version = isIP(address ?? '');
    if (address === undefined || version === 0) return address === undefined && trustsUnix;
    return list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}

function addTo(list: BlockList, word: string): void {
  if (word === 'loopback') {
    list.addSubnet('127.0.0.0', 8, 'ipv4');
    list.addAddress('::1', 'ipv6');
    return;
  }
  const [address = '', prefix] = word.split('/', 2);
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const bits = prefix === undefined ? most : Number(prefix);
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= most);
  if (version === 0 || !isPrefix || word.split('/').length > 2)
    throw new Error(`${JSON.stringify(word)} is no address; ${EXAMPLE}`);
  list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
}
