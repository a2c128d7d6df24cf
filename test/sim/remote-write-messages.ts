import { bytesOf, readFields, readPacked, readText, wholeOf } from './protobuf-fields.ts';

/** One sample as it came. */
export interface ReceivedSample {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** The value's bits: markers of ended series are one special NaN. */
  readonly bits: bigint;
  /** Unix ms. */
  readonly timestamp: number;
  /** Version 2.0: Unix ms, if it has one. */
  readonly start?: number;
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
}

type Label = readonly [name: string, value: string];

/** Reads `prometheus.WriteRequest`; fields that it does not know are passed over, as receivers do. */
export function readWriteRequest(message: Buffer): readonly ReceivedSample[] {
  return readFields(message)
    .filter(({ number }) => number === 1)
    .flatMap(({ value }) => {
      const fields = readFields(bytesOf(value));
      const labels = fields.filter(({ number }) => number === 1).map((field) => readLabel(bytesOf(field.value)));
      return fields
        .filter(({ number }) => number === 2)
        .map((field) => ({ labels, ...readSample(bytesOf(field.value)) }));
    });
}

/** Reads `io.prometheus.write.v2.Request`. Throws if a symbol is not there, or the first one is not empty. */
export function readRequestV2(message: Buffer): readonly ReceivedSample[] {
  const fields = readFields(message);
  const symbols = fields.filter(({ number }) => number === 4).map(({ value }) => readText(value));
  if (symbols[0] !== '') throw new Error('symbols must start with an empty string');
  if (new Set(symbols).size < symbols.length) throw new Error('a symbol is there twice');
  const symbol = (ref: number): string => {
    const text = symbols[ref];
    if (text === undefined) throw new Error(`labelRefs ${ref} are out of bounds`);
    return text;
  };
  return fields
    .filter(({ number }) => number === 5)
    .flatMap(({ value }) => {
      const series = readFields(bytesOf(value));
      const refs = series.filter(({ number }) => number === 1).flatMap((field) => readPacked(bytesOf(field.value)));
      if (refs.length % 2 !== 0) throw new Error(`invalid labelRefs length ${refs.length}`);
      const labels: Label[] = [];
      for (let at = 0; at < refs.length; at += 2) labels.push([symbol(refs[at] ?? 0), symbol(refs[at + 1] ?? 0)]);
      const said = series.find(({ number }) => number === 5);
      const metadata = said === undefined ? undefined : readMetadata(bytesOf(said.value), symbol);
      return series
        .filter(({ number }) => number === 2)
        .map((field) => ({
          labels,
          ...readSample(bytesOf(field.value)),
          ...(metadata === undefined ? {} : { metadata }),
        }));
    });
}

function readLabel(message: Buffer): Label {
  let name = '';
  let text = '';
  for (const { number, value } of readFields(message)) {
    if (number === 1) name = readText(value);
    if (number === 2) text = readText(value);
  }
  return [name, text];
}

function readSample(message: Buffer): Pick<ReceivedSample, 'value' | 'bits' | 'timestamp' | 'start'> {
  const sample = { value: 0, bits: 0n, timestamp: 0 };
  let start: number | undefined;
  for (const { number, value } of readFields(message)) {
    if (number === 1) {
      sample.value = bytesOf(value).readDoubleLE();
      sample.bits = bytesOf(value).readBigUInt64LE();
    }
    if (number === 2) sample.timestamp = Number(BigInt.asIntN(64, wholeOf(value)));
    if (number === 3) start = Number(BigInt.asIntN(64, wholeOf(value)));
  }
  return start === undefined ? sample : { ...sample, start };
}

function readMetadata(message: Buffer, symbol: (ref: number) => string): NonNullable<ReceivedSample['metadata']> {
  const number = (wanted: number): number =>
    Number(wholeOf(readFields(message).find((field) => field.number === wanted)?.value ?? 0n));
  return { type: number(1), help: symbol(number(3)), unit: symbol(number(4)) };
}
