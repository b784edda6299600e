/** What the embedded store's file is called in a home of pcd. */
export const DATABASE_FILE = 'pcd.sqlite';
