import type { FieldSpec } from '../../types.ts';

export const mdFields: readonly FieldSpec[] = [
  { stat: 'level', kernel: 'personality', unit: 'text', kind: 'label', about: 'RAID level: raid0, raid1, raid5, raid6, raid10, linear; an inactive array has none.' },
  { stat: 'state', kernel: 'active', unit: 'text', kind: 'label', about: 'active, inactive, broken, read-only or auto-read-only (until the first write).' },
  { stat: 'blocks', kernel: 'blocks', unit: 'KiB', kind: 'gauge', about: 'Size of the array.' },
  { stat: 'disks_total', kernel: '[n/', unit: 'count', kind: 'gauge', about: 'Devices that the array should have; raid0 and linear do not say.' },
  { stat: 'disks_active', kernel: '/m]', unit: 'count', kind: 'gauge', about: 'Devices that are in sync: fewer than disks_total is a degraded array.' },
  { stat: 'disks_failed', kernel: '(F)', unit: 'count', kind: 'gauge', about: 'Devices listed as failed.' },
  { stat: 'disks_spare', kernel: '(S)', unit: 'count', kind: 'gauge', about: 'Devices listed as spares.' },
  { stat: 'sync_action', kernel: 'sync action', unit: 'text', kind: 'label', about: 'What is being done: recovery, resync, reshape or check; absent where nothing is.' },
  { stat: 'sync_phase', kernel: 'sync phase', unit: 'text', kind: 'label', about: 'running, DELAYED (another array goes first), PENDING (until the first write) or REMOTE (another host does it).' },
  { stat: 'sync_percent', kernel: 'sync percent', unit: 'percent', kind: 'gauge', about: 'How much of it is done.' },
  { stat: 'sync_finish_minutes', kernel: 'finish', unit: 'minutes', kind: 'gauge', about: 'How long the rest will take, as the kernel reckons.' },
  { stat: 'sync_speed', kernel: 'speed', unit: 'KiB/s', kind: 'gauge', about: 'How fast it goes.' },
];
