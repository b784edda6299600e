import type { DeviceFile } from './device-files.ts';
import { FieldKey } from './scan/field-key.ts';
import { endValue, isWordEnd } from './scan/text.ts';

/**
 * A file of /sys that is one number, signed or not. Where a driver has none it prints something else (`<unknown>`, `N/A`,
 * nothing): then there is no field, and the device's others stand.
 */
export function valueFile(path: string, field: string): DeviceFile {
  const key = new FieldKey(field);
  return {
    path,
    scan(text, end, sink) {
      endValue(text, end);
      if (isNumber(text)) sink.decimal(key, text, 0);
    },
  };
}

/** The same for a counter, whose digits may be more than a number holds. */
export function counterFile(path: string, field: string): DeviceFile {
  const key = new FieldKey(field);
  return {
    path,
    scan(text, end, sink) {
      endValue(text, end);
      if (isNumber(text)) sink.count(key, text, 0);
    },
  };
}

/** Whether the text is such a number. */
export function isNumber(text: Uint8Array): boolean {
  const digits = text[0] === 0x2d ? 1 : 0;
  let at = digits;
  while ((text[at] as number) >= 0x30 && (text[at] as number) <= 0x39) at += 1;
  return at > digits && isWordEnd(text, at);
}
