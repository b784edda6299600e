import { aboutRoutes } from './about.ts';
import { auditRoutes } from './audit.ts';
import type { AddRoutes } from './context.ts';
import { healthRoutes } from './health.ts';
import { keyRoutes } from './keys.ts';
import { logLevelRoutes } from './log-level.ts';
import { machineRoutes } from './machines.ts';
import { maintenanceRoutes } from './maintenance.ts';
import { metricsRoutes } from './metrics.ts';
import { openapiRoutes } from './openapi.ts';
import { seriesRoutes } from './series.ts';
import { statusRoutes } from './status.ts';
import { trickleRoutes } from './trickle.ts';
import { uploadRoutes } from './upload.ts';

/** Every resource that pcd serves. */
export const resources: readonly AddRoutes[] = [
  openapiRoutes,
  aboutRoutes,
  healthRoutes,
  trickleRoutes,
  uploadRoutes,
  machineRoutes,
  seriesRoutes,
  keyRoutes,
  auditRoutes,
  statusRoutes,
  maintenanceRoutes,
  metricsRoutes,
  logLevelRoutes,
];
