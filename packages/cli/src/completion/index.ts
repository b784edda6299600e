export { SHELLS, type Shell, scriptFor } from './scripts.ts';
