import type { FieldSpec } from '../../types.ts';

export const fsFields: readonly FieldSpec[] = [
  { stat: 'block_size', kernel: 'f_frsize', unit: 'bytes', kind: 'gauge', about: 'The unit of the block counts.' },
  { stat: 'blocks_total', kernel: 'f_blocks', unit: 'blocks', kind: 'gauge', about: 'Size of the file system.' },
  { stat: 'blocks_free', kernel: 'f_bfree', unit: 'blocks', kind: 'gauge', about: 'Free blocks, those reserved for root included.' },
  { stat: 'blocks_available', kernel: 'f_bavail', unit: 'blocks', kind: 'gauge', about: 'Free blocks that any user may take.' },
  { stat: 'files_total', kernel: 'f_files', unit: 'count', kind: 'gauge', about: 'Inodes of the file system.' },
  { stat: 'files_free', kernel: 'f_ffree', unit: 'count', kind: 'gauge', about: 'Free inodes.' },
];
