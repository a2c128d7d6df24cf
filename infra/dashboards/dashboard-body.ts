import * as z from 'zod';

/**
 * The part of a CloudWatch dashboard's body that we write, with the limits of the service: it accepts the rest of a body
 * with a warning nobody sees, so we refuse what it does not know.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html, 2026-11-23.
 */
const place = {
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  width: z.int().min(1).max(24),
  height: z.int().min(1).max(1_000),
};

const rendering = z.strictObject({
  id: z.stringFormat('metric id', /^[a-z][A-Za-z0-9_]*$/).optional(),
  label: z.string().optional(),
  stat: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']).optional(),
  period: z.int().multipleOf(60).min(60).optional(),
  color: z.stringFormat('color', /^#[0-9a-f]{6}$/).optional(),
  visible: z.boolean().optional(),
  yAxis: z.enum(['left', 'right']).optional(),
});

const expression = z.tuple([rendering.extend({ expression: z.string().min(1).max(2_048) })]);

/** `[namespace, name, dimension, value, …, rendering?]`. */
const single = z.array(z.union([z.string().min(1).max(1_024), rendering])).superRefine((metric, context) => {
  const texts = metric.filter((part) => typeof part === 'string').length;
  const last = metric.at(-1);
  const rendered = metric.findIndex((part) => typeof part !== 'string');
  if (rendered !== -1 && rendered !== metric.length - 1) {
    context.addIssue({ code: 'custom', message: 'only the last part of a metric may say how it is drawn' });
  }
  if (texts < 2 || texts % 2 !== 0 || last === undefined) {
    context.addIssue({ code: 'custom', message: 'a metric is namespace, name, and pairs of dimension and value' });
  }
});

const axis = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  label: z.string().optional(),
  showUnits: z.boolean().optional(),
});

const metricWidget = z.strictObject({
  type: z.literal('metric'),
  ...place,
  properties: z.strictObject({
    title: z.string().min(1),
    region: z.string().min(1),
    view: z.enum(['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table']),
    stat: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']),
    period: z.int().multipleOf(60).min(60),
    stacked: z.boolean().optional(),
    sparkline: z.boolean().optional(),
    metrics: z
      .array(z.union([expression, single]))
      .min(1)
      .max(500),
    yAxis: z.strictObject({ left: axis.optional(), right: axis.optional() }).optional(),
    annotations: z
      .strictObject({ horizontal: z.array(z.strictObject({ value: z.number(), label: z.string().optional() })) })
      .optional(),
  }),
});

const textWidget = z.strictObject({
  type: z.literal('text'),
  ...place,
  properties: z.strictObject({ markdown: z.string().min(1), background: z.enum(['solid', 'transparent']).optional() }),
});

const variable = z.strictObject({
  type: z.literal('pattern'),
  pattern: z.string().min(1),
  inputType: z.literal('select'),
  id: z.stringFormat('variable id', /^[0-9A-Za-z_-]{1,32}$/),
  label: z.string().max(30),
  visible: z.boolean(),
  search: z.string().max(2_048),
  populateFrom: z.string().min(1),
  defaultValue: z.string().max(255),
});

const shape = z.strictObject({
  start: z.stringFormat('relative time', /^-PT?\d+[MHDW]$/),
  periodOverride: z.enum(['auto', 'inherit']),
  variables: z.array(variable).max(25),
  widgets: z.array(z.discriminatedUnion('type', [metricWidget, textWidget])).max(500),
});

/** Two widgets may not lie over each other, and none may leave the grid of 24 columns. */
export const dashboardBody = shape.superRefine(({ widgets }, context) => {
  const taken = new Map<string, number>();
  for (const [index, { x, y, width, height }] of widgets.entries()) {
    if (x + width > 24) context.addIssue({ code: 'custom', message: `widget ${index} leaves the grid` });
    for (let column = x; column < x + width; column++) {
      for (let row = y; row < y + height; row++) {
        const other = taken.get(`${column},${row}`);
        if (other !== undefined) {
          context.addIssue({ code: 'custom', message: `widgets ${other} and ${index} lie over each other` });
          return;
        }
        taken.set(`${column},${row}`, index);
      }
    }
  }
});

export type DashboardBody = z.infer<typeof shape>;
export type DashboardWidget = DashboardBody['widgets'][number];
type MetricWidget = Extract<DashboardWidget, { readonly type: 'metric' }>;
/** A widget that has no place yet. */
export type Block = Omit<MetricWidget, 'x' | 'y'> | Omit<Exclude<DashboardWidget, MetricWidget>, 'x' | 'y'>;
