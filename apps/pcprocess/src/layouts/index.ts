/** What a conversion makes of collections, by the names that people use. */
export const LAYOUTS = ['wide', 'long', 'parquet', 'sar', 'portal', 'raw'] as const;
export type LayoutName = (typeof LAYOUTS)[number];
