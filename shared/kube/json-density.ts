/** Smaller texts need no look: whatever they hold fits. */
const LOOK_FROM_BYTES = 1_048_576;
/**
 * Bytes for each object, list or entry. The densest real answer has 12 (nodes; statistics of a kubelet: 13). A text of `{},`
 * alone has 2, and takes 25 times its size as objects.
 */
const LEAST_BYTES = 6;

/** Whether a JSON text holds more objects and entries than any real answer of its size. Reads bytes only. */
export function isTooDense(body: Uint8Array): boolean {
  if (body.length < LOOK_FROM_BYTES) return false;
  const most = body.length / LEAST_BYTES;
  let marks = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if ((byte === 0x2c || byte === 0x7b || byte === 0x5b) && ++marks > most) return true;
  }
  return false;
}
