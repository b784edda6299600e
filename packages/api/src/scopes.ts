/** What a key may do: send samples; see machines and samples; manage keys and delete machines. */
export const SCOPES = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
