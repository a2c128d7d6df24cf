import { bytesOf, type ProtobufField, readFields, readText, wholeOf } from './protobuf-fields.ts';

/** One data point as it came, with what stands above it. */
export interface ReceivedPoint {
  readonly resource: readonly Attribute[];
  readonly scope: string;
  readonly metric: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum';
  /** Of a sum. */
  readonly temporality: number;
  readonly monotonic: boolean;
  readonly attributes: readonly Attribute[];
  readonly type: 'int' | 'double';
  readonly value: number;
  /** Unix nanoseconds; 0 = absent. */
  readonly start: bigint;
  readonly time: bigint;
}

export type Attribute = readonly [key: string, value: string];

/** Reads an ExportMetricsServiceRequest, strictly: a field that is not one of ours throws. */
export function readExportRequest(message: Buffer): readonly ReceivedPoint[] {
  return messages(message, 1).flatMap((metrics) => {
    const resource = messages(metrics, 1).flatMap((bytes) => messages(bytes, 1).map(readKeyValue));
    return messages(metrics, 2).flatMap((scoped) => {
      const scope = messages(scoped, 1).map((bytes) => textOf(bytes, 1))[0] ?? '';
      return messages(scoped, 2).flatMap((metric) => readMetric(metric, { resource, scope }));
    });
  });
}

function readMetric(metric: Buffer, above: Pick<ReceivedPoint, 'resource' | 'scope'>): readonly ReceivedPoint[] {
  const [gauge, sum] = [messages(metric, 5)[0], messages(metric, 7)[0]];
  const points = gauge ?? sum;
  if (points === undefined || (gauge !== undefined && sum !== undefined)) throw new Error('a metric has one kind');
  const head = {
    ...above,
    metric: textOf(metric, 1),
    description: textOf(metric, 2),
    unit: textOf(metric, 3),
    kind: gauge === undefined ? ('sum' as const) : ('gauge' as const),
    temporality: Number(numberOf(points, 2)),
    monotonic: numberOf(points, 3) === 1n,
  };
  return messages(points, 1).map((point) => {
    const fields = readFields(point);
    const fixed = (number: number): Buffer | undefined => {
      const value = fields.find((field) => field.number === number)?.value;
      return value === undefined ? undefined : bytesOf(value);
    };
    const [double, int] = [fixed(4), fixed(6)];
    if ((double === undefined) === (int === undefined)) throw new Error('a point has one value');
    return {
      ...head,
      attributes: messages(point, 7).map(readKeyValue),
      type: double === undefined ? 'int' : 'double',
      value: double?.readDoubleLE() ?? Number(int?.readBigInt64LE() ?? 0n),
      start: fixed(2)?.readBigUInt64LE() ?? 0n,
      time: fixed(3)?.readBigUInt64LE() ?? 0n,
    };
  });
}

function readKeyValue(message: Buffer): Attribute {
  const value = messages(message, 2)[0];
  if (value === undefined) throw new Error('an attribute has a value');
  return [textOf(message, 1), textOf(value, 1)];
}

interface JsonMetric {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: JsonPoints;
  readonly sum?: JsonPoints;
}

interface JsonPoints {
  readonly dataPoints: readonly Readonly<Record<string, unknown>>[];
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
}

interface JsonRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes?: readonly unknown[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly JsonMetric[];
    }[];
  }[];
}

/** Reads the same in OTLP/JSON: 64-bit numbers must be strings, enums numbers. */
export function readExportJson(text: string): readonly ReceivedPoint[] {
  return (JSON.parse(text) as JsonRequest).resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.flatMap(({ name, description = '', unit = '', gauge, sum }) =>
        (gauge ?? sum)!.dataPoints.map((point): ReceivedPoint => {
          const int = point['asInt'];
          return {
            resource: (resource.attributes ?? []).map(readJsonAttribute),
            scope: scope.name,
            metric: name,
            description,
            unit,
            kind: gauge === undefined ? 'sum' : 'gauge',
            temporality: sum?.aggregationTemporality ?? 0,
            monotonic: sum?.isMonotonic ?? false,
            attributes: ((point['attributes'] ?? []) as readonly unknown[]).map(readJsonAttribute),
            type: int === undefined ? 'double' : 'int',
            value: int === undefined ? (point['asDouble'] as number) : Number(wholeText(int)),
            start: wholeText(point['startTimeUnixNano'] ?? '0'),
            time: wholeText(point['timeUnixNano'] ?? '0'),
          };
        }),
      ),
    ),
  );
}

function wholeText(value: unknown): bigint {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw new Error('64-bit numbers are strings');
  return BigInt(value);
}

function readJsonAttribute(attribute: unknown): Attribute {
  const { key, value } = attribute as { readonly key: string; readonly value: { readonly stringValue: string } };
  return [key, value.stringValue];
}

function messages(message: Buffer, number: number): readonly Buffer[] {
  return readFields(message)
    .filter((field) => field.number === number)
    .map(({ value }) => bytesOf(value));
}

function last(message: Buffer, number: number): ProtobufField | undefined {
  return readFields(message).findLast((field) => field.number === number);
}

function textOf(message: Buffer, number: number): string {
  const field = last(message, number);
  return field === undefined ? '' : readText(field.value);
}

function numberOf(message: Buffer, number: number): bigint {
  const field = last(message, number);
  return field === undefined ? 0n : wholeOf(field.value);
}
