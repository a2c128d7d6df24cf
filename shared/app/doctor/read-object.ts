/** Any value as an object; what is none is empty. For answers whose shape is not ours to promise. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The texts of a list; what is none is left out. */
export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A body as an object; what is no JSON is empty. */
export function readBodyObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return readObject(JSON.parse(body.toString('utf8')));
  } catch {
    return {};
  }
}
