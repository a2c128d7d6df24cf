/**
 * Gives memory outside of the heap back at once, in place of waiting for a collection that such memory hurries: nobody may read or
 * write `view` any more. Does nothing if the view is a part of something larger (small Buffers share one).
 */
export function freeMemory({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && byteLength > 0) buffer.transfer(0);
}
