export { type Certificate, makeCertificates } from './certificates.ts';
export { canFuse, emptyDirectory, spawnAmongFuse } from './fuse.ts';
export { NotifySocket } from './notify-socket.ts';
export { bin, hasUpstream, hostRoot, upstream } from './paths.ts';
export { type Ran, runMain, type Setting } from './run-main.ts';
export { type Ended, observe, type Running } from './running.ts';
export { canMount, readOnly, smallDisk } from './small-disk.ts';
export { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from './victoria-metrics.ts';
