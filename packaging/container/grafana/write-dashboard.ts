/** Writes `dashboards/perfcollector.json` anew: `node packaging/container/grafana/write-dashboard.ts`. */
import { writeFileSync } from 'node:fs';
import { dashboard } from './dashboard.ts';
import { DASHBOARD_FILE, textOf } from './dashboard-file.ts';

writeFileSync(DASHBOARD_FILE, textOf(dashboard()));
