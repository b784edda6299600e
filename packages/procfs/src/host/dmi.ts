import type { HostReader } from '../types.ts';
import { readWord } from './read.ts';

/** What the firmware says of the machine. Serial numbers and UUIDs lie beside these and are never read. */
export interface Dmi {
  readonly sysVendor: string;
  readonly productName: string;
  readonly productVersion: string;
  readonly boardVendor: string;
  readonly biosVendor: string;
  readonly biosVersion: string;
  readonly chassisAssetTag: string;
}

/** Reads /sys/class/dmi/id; words that are missing are empty. */
export function readDmi(host: HostReader): Dmi {
  const word = (name: string) => readWord(host, `/sys/class/dmi/id/${name}`) ?? '';
  return {
    sysVendor: word('sys_vendor'),
    productName: word('product_name'),
    productVersion: word('product_version'),
    boardVendor: word('board_vendor'),
    biosVendor: word('bios_vendor'),
    biosVersion: word('bios_version'),
    chassisAssetTag: word('chassis_asset_tag'),
  };
}
