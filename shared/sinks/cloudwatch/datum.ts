import type { Dimension, MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch';

/** A set of dimensions with the size of its JSON. */
export interface DimensionSet {
  readonly dimensions: readonly Dimension[];
  readonly bytes: number;
}

/** A datum with what it stands for: points of the batch, and bytes that its JSON never exceeds. */
export interface SizedDatum {
  readonly datum: MetricDatum;
  readonly points: number;
  readonly bytes: number;
}

/** The numbers of a datum; exactly one of the three forms that PutMetricData has. */
export type DatumNumbers =
  | { readonly form: 'value'; readonly value: number }
  | { readonly form: 'values'; readonly values: number[]; readonly counts: number[] }
  | {
      readonly form: 'statistics';
      readonly count: number;
      readonly sum: number;
      readonly min: number;
      readonly max: number;
    };

/** Longest double in JSON (`-1.2345678901234567e-308`) and a comma. */
const NUMBER_BYTES = 25;
/** `{"Name":"","Value":""},` */
const DIMENSION_BYTES = 23;
/** Everything of a datum but names, dimensions and numbers. */
const DATUM_BYTES =
  '{"MetricName":"","Dimensions":[],"Timestamp":,"Unit":"","StorageResolution":60},'.length + NUMBER_BYTES;
/** What goes around the numbers of each form. */
const FORM_BYTES = {
  value: '"Value":,'.length,
  values: '"Values":[],"Counts":[],'.length,
  statistics: '"StatisticValues":{"SampleCount":,"Sum":,"Minimum":,"Maximum":},'.length,
} as const;
/** `{"Namespace":"…","MetricData":[]}` without the namespace. */
export const ENVELOPE_BYTES = 64;

/** Bytes of ASCII text in JSON, without its quotes. */
export function jsonBytes(ascii: string): number {
  let bytes = ascii.length;
  for (let at = 0; at < ascii.length; at++) {
    const char = ascii.charCodeAt(at);
    if (char === 0x22 || char === 0x5c) bytes++;
  }
  return bytes;
}

export function toDimensionSet(dimensions: readonly Dimension[]): DimensionSet {
  let bytes = 0;
  for (const { Name, Value } of dimensions) bytes += DIMENSION_BYTES + jsonBytes(Name ?? '') + jsonBytes(Value ?? '');
  return { dimensions, bytes };
}

export interface DatumHead {
  readonly name: string;
  readonly unit: StandardUnit;
  readonly timestamp: Date;
  readonly storageResolution: 1 | 60;
}

/** One datum of PutMetricData. */
export function toDatum(head: DatumHead, set: DimensionSet, numbers: DatumNumbers, points: number): SizedDatum {
  const datum: MetricDatum = {
    MetricName: head.name,
    // The SDK's type is mutable, though it only reads.
    Dimensions: set.dimensions as Dimension[],
    Timestamp: head.timestamp,
    Unit: head.unit,
    StorageResolution: head.storageResolution,
    ...wireNumbers(numbers),
  };
  const texts = jsonBytes(head.name) + head.unit.length + set.bytes;
  return { datum, points, bytes: DATUM_BYTES + texts + numberBytes(numbers) };
}

function numberBytes(numbers: DatumNumbers): number {
  const count = numbers.form === 'values' ? 2 * numbers.values.length : numbers.form === 'value' ? 1 : 4;
  return FORM_BYTES[numbers.form] + count * NUMBER_BYTES;
}

function wireNumbers(numbers: DatumNumbers): Pick<MetricDatum, 'Value' | 'Values' | 'Counts' | 'StatisticValues'> {
  switch (numbers.form) {
    case 'value':
      return { Value: numbers.value };
    case 'values':
      return { Values: numbers.values, Counts: numbers.counts };
    case 'statistics':
      return {
        StatisticValues: {
          SampleCount: numbers.count,
          Sum: numbers.sum,
          Minimum: numbers.min,
          Maximum: numbers.max,
        },
      };
  }
}
