/** Powers of ten of the decimal suffixes, and of two of the binary ones. Source: k8s.io/apimachinery resource/suffix.go. */
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const FORM = /^([+-]?)(\d*)(?:(\.)(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,20})$/;
const PLAIN = /^(\d{1,9})(m|Ki|Mi|Gi|)$/;
/** Longer texts are not quantities that anything writes; the limit keeps exact arithmetic cheap. */
const LONGEST = 64;
const NANO = -9;
/** Beyond this power of ten a double overflows. */
const LARGEST_EXPONENT = 330;

/** Exact value: sign × digits × 10^ten × 2^two. */
interface Exact {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly ten: number;
  readonly two: number;
}

/**
 * The number that a resource.Quantity says (`250m` = 0.25, `1Gi` = 1073741824, `12e6`), in the resource's own unit.
 * Undefined if the text is absent, no quantity, or beyond what a double holds; never NaN. Like Kubernetes, what is
 * finer than 1n is rounded away from zero. Source: k8s.io/apimachinery pkg/api/resource, grammar of Quantity.
 */
export function parseQuantity(text: string | undefined): number | undefined {
  const plain = readPlain(text);
  if (plain !== undefined) return plain.milli ? plain.count / 1000 : plain.count;
  const exact = readExact(text);
  return exact && signed(exact, Number(`${scaled(exact, NANO)}e${NANO}`));
}

/** Thousandths, rounded away from zero as Kubernetes' `MilliValue`: millicores of a cpu quantity. Undefined as above. */
export function toMillicores(text: string | undefined): number | undefined {
  const plain = readPlain(text);
  if (plain !== undefined) return plain.milli ? plain.count : plain.count * 1000;
  const exact = readExact(text);
  return exact && signed(exact, Number(scaled(exact, -3)));
}

/** Whole units, rounded away from zero as Kubernetes' `Value`: bytes of a memory quantity. Undefined as above. */
export function toBytes(text: string | undefined): number | undefined {
  const plain = readPlain(text);
  if (plain !== undefined) return plain.milli ? Math.ceil(plain.count / 1000) : plain.count;
  const exact = readExact(text);
  return exact && signed(exact, Number(scaled(exact, 0)));
}

/** What nearly all pods say: a short whole number with a common suffix. Doubles are exact here. */
function readPlain(text: string | undefined): { readonly count: number; readonly milli: boolean } | undefined {
  const match = typeof text === 'string' ? PLAIN.exec(text) : null;
  if (match === null) return undefined;
  const suffix = match[2] ?? '';
  return { count: Number(match[1]) * 2 ** (BINARY[suffix] ?? 0), milli: suffix === 'm' };
}

function signed(exact: Exact, value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return exact.negative && value !== 0 ? -value : value;
}

function readExact(text: string | undefined): Exact | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', , fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const two = BINARY[suffix] ?? 0;
  const exponent = DECIMAL[suffix] ?? (two > 0 ? 0 : Number(suffix.slice(1)));
  const ten = digits === 0n ? 0 : exponent - fraction.length;
  if (ten > LARGEST_EXPONENT) return undefined;
  return { negative: sign === '-', digits, ten, two };
}

/** The value in units of 10^power, rounded up; first to whole nanos, as Kubernetes does while parsing. */
function scaled(exact: Exact, power: number): bigint {
  const nanos = roundedUp(exact.digits << BigInt(exact.two), exact.ten - NANO);
  return power === NANO ? nanos : roundedUp(nanos, NANO - power);
}

/** digits × 10^ten, rounded up to a whole number. */
function roundedUp(digits: bigint, ten: number): bigint {
  if (ten >= 0) return digits * 10n ** BigInt(ten);
  // Digits are below 10^128 (64 decimal, 60 binary places): by a smaller power all but zero rounds up to one.
  const divisor = 10n ** BigInt(Math.min(-ten, 128));
  return (digits + divisor - 1n) / divisor;
}
