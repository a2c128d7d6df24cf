import { bytesOf, readFields, readText, wholeOf } from './protobuf-fields.ts';

/** An event as Riemann reads it. */
export interface RiemannEvent {
  /** Unix seconds. */
  readonly time: number;
  readonly state: string | undefined;
  readonly service: string;
  readonly host: string | undefined;
  readonly tags: readonly string[];
  readonly ttl: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly metric: number;
  /** Which field the number came in. */
  readonly kind: 'sint64' | 'double';
}

/** Reads a `Msg` of events, strictly: fields of other messages, missing and doubled ones throw. */
export function readEvents(message: Buffer): readonly RiemannEvent[] {
  return readFields(message).map(({ number, value }) => {
    if (number !== 6) throw new Error(`a message of events has the field ${number}`);
    return readEvent(bytesOf(value));
  });
}

function readEvent(message: Buffer): RiemannEvent {
  const tags: string[] = [];
  const attributes: Record<string, string> = {};
  const texts = new Map<number, string>();
  const numbers = new Map<string, number>();
  const once = (name: string, value: number): void => {
    if (numbers.has(name)) throw new Error(`an event has ${name} twice`);
    numbers.set(name, value);
  };
  for (const { number, value } of readFields(message)) {
    switch (number) {
      case 1:
        once('time', Number(BigInt.asIntN(64, wholeOf(value))));
        break;
      case 2:
      case 3:
      case 4:
        if (texts.has(number)) throw new Error(`an event has the field ${number} twice`);
        texts.set(number, readText(value));
        break;
      case 7:
        tags.push(readText(value));
        break;
      case 8:
        if (bytesOf(value).length !== 4) throw new Error('ttl is no float');
        once('ttl', bytesOf(value).readFloatLE());
        break;
      case 9: {
        const [key, text] = readAttribute(bytesOf(value));
        if (Object.hasOwn(attributes, key)) throw new Error(`an event has the attribute ${key} twice`);
        attributes[key] = text;
        break;
      }
      case 13:
        once('sint64', unzigzag(wholeOf(value)));
        break;
      case 14:
        if (bytesOf(value).length !== 8) throw new Error('metric_d is no double');
        once('double', bytesOf(value).readDoubleLE());
        break;
      default:
        throw new Error(`an event has the field ${number}`);
    }
  }
  const time = numbers.get('time');
  const ttl = numbers.get('ttl');
  const service = texts.get(3);
  const kind = numbers.has('sint64') ? 'sint64' : 'double';
  const metric = numbers.get(kind);
  if (time === undefined || ttl === undefined || service === undefined || metric === undefined) {
    throw new Error('an event needs time, ttl, service and one metric');
  }
  if (numbers.has('sint64') && numbers.has('double')) throw new Error('an event has two metrics');
  return { time, state: texts.get(2), service, host: texts.get(4), tags, ttl, attributes, metric, kind };
}

function readAttribute(message: Buffer): readonly [string, string] {
  const texts = new Map(readFields(message).map(({ number, value }) => [number, readText(value)]));
  const key = texts.get(1);
  if (key === undefined || key === '') throw new Error('an attribute has no key');
  return [key, texts.get(2) ?? ''];
}

function unzigzag(value: bigint): number {
  const whole = (value >> 1n) ^ -(value & 1n);
  const number = Number(whole);
  if (BigInt(number) !== whole) throw new Error(`${whole} is no number that a double has`);
  return number;
}
