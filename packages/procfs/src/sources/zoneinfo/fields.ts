import type { FieldSpec } from '../../types.ts';

/** The lines of a zone from `pages free` on. */
export const zoneFields: readonly FieldSpec[] = [
  { stat: 'free', kernel: 'free', unit: 'pages', kind: 'gauge', about: 'Pages of the zone that nothing uses.' },
  { stat: 'min', kernel: 'min', unit: 'pages', kind: 'gauge', about: 'Free pages below which only urgent requests are served.' },
  { stat: 'low', kernel: 'low', unit: 'pages', kind: 'gauge', about: 'Free pages below which kswapd is woken.' },
  { stat: 'high', kernel: 'high', unit: 'pages', kind: 'gauge', about: 'Free pages at which kswapd goes to sleep again.' },
  { stat: 'spanned', kernel: 'spanned', unit: 'pages', kind: 'gauge', about: 'Pages between the first and the last of the zone, holes included.' },
  { stat: 'present', kernel: 'present', unit: 'pages', kind: 'gauge', about: 'Pages of the zone that exist.' },
  { stat: 'managed', kernel: 'managed', unit: 'pages', kind: 'gauge', about: 'Pages of the zone that can be allocated.' },
];
