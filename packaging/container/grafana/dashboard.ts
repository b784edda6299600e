/** The dashboard as Grafana keeps it, made of `panels.ts`: what `dashboards/perfcollector.json` holds. */
import { type Panel, type Row, rows } from './panels.ts';
import { devicesOf, marks } from './queries.ts';

/** Grafana's grid has 24 columns; a row's heading is one high. */
const COLUMNS = 24;
const HEIGHT = 8;

/** Whichever Prometheus data source is chosen on top. */
const SOURCE = { type: 'prometheus', uid: `\${datasource}` };

export function dashboard() {
  return {
    uid: 'perfcollector',
    title: 'perfcollector',
    description: 'What the kernel of each machine counts, as pcc samples it and pcd keeps it in VictoriaMetrics.',
    tags: ['perfcollector', 'linux'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: variables() },
    annotations: { list: [annotation()] },
    panels: layOut(),
  };
}

/** Events: one point for each, at the time that the query gives as its value. */
function annotation() {
  return {
    name: 'Marks',
    datasource: SOURCE,
    enable: true,
    iconColor: 'orange',
    expr: marks(),
    step: '60s',
    useValueForTime: true,
    titleFormat: '{{machine}}',
    textFormat: '{{mark}}',
  };
}

function variables() {
  return [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
    asked({ name: 'tenant', label: 'Tenant', query: 'label_values(perfcollector:seq, tenant)' }),
    asked({ name: 'machine', label: 'Machine', query: 'label_values(perfcollector:seq{tenant="$tenant"}, machine)' }),
    anyOf({ name: 'disk', label: 'Disks', ...devicesOf('disk', 'reads') }),
    anyOf({ name: 'interface', label: 'Interfaces', ...devicesOf('net', 'rx_bytes') }),
  ];
}

interface Variable {
  readonly name: string;
  readonly label: string;
  readonly query: string;
  readonly regex?: string;
}

/** Asked for anew when the dashboard is opened and when its time changes. */
function asked({ query, ...variable }: Variable) {
  return {
    ...variable,
    type: 'query',
    datasource: SOURCE,
    definition: query,
    query: { query, refId: variable.name },
    refresh: 2,
    sort: 7,
  };
}

function anyOf(variable: Variable) {
  const all = { selected: true, text: ['All'], value: ['$__all'] };
  return { ...asked(variable), multi: true, includeAll: true, allValue: '.+', current: all };
}

/** Rows below each other, their panels from left to right. */
function layOut() {
  const laid: object[] = [];
  let y = 0;
  for (const row of rows) {
    laid.push({
      id: laid.length + 1,
      type: 'row',
      title: row.title,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y = layOutRow(row, laid, y + 1);
  }
  return laid;
}

/** Returns where the next row begins. */
function layOutRow({ panels }: Row, laid: object[], top: number): number {
  let [x, y] = [0, top];
  for (const panel of panels) {
    const width = panel.width ?? COLUMNS / 2;
    if (x + width > COLUMNS) [x, y] = [0, y + HEIGHT];
    laid.push({ id: laid.length + 1, gridPos: { x, y, w: width, h: HEIGHT }, ...drawn(panel) });
    x += width;
  }
  return y + HEIGHT;
}

function drawn(panel: Panel) {
  return {
    type: panel.isNow ? 'bargauge' : 'timeseries',
    title: panel.title,
    description: panel.about,
    datasource: SOURCE,
    targets: targetsOf(panel),
    fieldConfig: {
      defaults: { unit: panel.unit, min: hasBoth(panel) ? undefined : 0, max: panel.most, custom: style(panel) },
      overrides: downwards(panel),
    },
    options: panel.isNow
      ? { orientation: 'horizontal', displayMode: 'basic', reduceOptions: { calcs: ['lastNotNull'] } }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}

function targetsOf({ lines, isNow }: Panel) {
  return lines.map(({ query, legend }, at) => ({
    refId: String.fromCharCode(65 + at),
    datasource: SOURCE,
    editorMode: 'code',
    expr: query,
    legendFormat: legend,
    instant: isNow === true,
    range: isNow !== true,
  }));
}

function hasBoth({ lines }: Panel): boolean {
  return lines.some(({ isDown }) => isDown);
}

function style({ isStacked }: Panel) {
  if (!isStacked) return { lineWidth: 1, fillOpacity: 8, showPoints: 'never', spanNulls: false };
  return { lineWidth: 0, fillOpacity: 70, showPoints: 'never', stacking: { mode: 'normal', group: 'A' } };
}

/** By the query that gave a line: legends differ with the devices. */
function downwards({ lines }: Panel) {
  return lines.flatMap(({ isDown }, at) =>
    isDown
      ? [
          {
            matcher: { id: 'byFrameRefID', options: String.fromCharCode(65 + at) },
            properties: [{ id: 'custom.transform', value: 'negative-Y' }],
          },
        ]
      : [],
  );
}
