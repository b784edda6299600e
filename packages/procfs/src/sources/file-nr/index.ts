/**
 * /proc/sys/fs/file-nr: open files of the whole host.
 * Documentation/admin-guide/sysctl/fs.rst; fs/file_table.c.
 *
 *     782	0	2465620
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { fileFields } from './fields.ts';
import { fileNrScanner } from './parse.ts';

export const fileNrSource: Source = {
  name: 'file-nr',
  groups: [{ group: 'files', device: 'none', fields: fileFields }],
  ...scannedFile('/proc/sys/fs/file-nr', fileNrScanner, { shape: 'one record' }),
};
