/** Snappy's block format in JavaScript (https://github.com/zhipeng-jia/snappyjs), as far as it is used here. */
declare module 'snappyjs' {
  export function compress(original: Uint8Array): Uint8Array;
  export function uncompress(block: Uint8Array, maxLength?: number): Uint8Array;
}
