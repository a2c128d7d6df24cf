/** Numbers that depend on a seed and a key only, so that a new node changes nothing about the others. */
export interface Seeded {
  /** [0, 1). */
  unit(key: string): number;
  /** Lower-case hex digits. */
  hex(key: string, length: number): string;
  /** Characters as Kubernetes takes them for generated names. */
  suffix(key: string, length: number): string;
  uid(key: string): string;
}

/** Source: apimachinery util/rand: no vowels, so that no words come about. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

export function createSeeded(seed: number): Seeded {
  const letters = (alphabet: string, key: string, length: number): string =>
    Array.from({ length }, (_, i) => alphabet[hash(`${seed}/${key}/${i}`) % alphabet.length]).join('');
  const hex = (key: string, length: number): string => letters('0123456789abcdef', key, length);
  return {
    unit: (key) => hash(`${seed}/${key}`) / 2 ** 32,
    hex,
    suffix: (key, length) => letters(SAFE, key, length),
    uid: (key) => {
      const digits = hex(`uid/${key}`, 32);
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
    },
  };
}

/** FNV-1a with murmur3's last mix: 32 well spread bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
