const NONE = '–';
const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Millicores as cores: `0.125`, `12.5`. */
export function formatCores(millicores: number | undefined): string {
  if (millicores === undefined) return NONE;
  const cores = millicores / 1000;
  return cores >= 10 ? cores.toFixed(1) : cores.toFixed(3);
}

/** Bytes with a binary unit: `512 B`, `1.50 GiB`. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return NONE;
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value >= 100 ? 0 : 2)} ${BINARY_UNITS[unit]}`;
}

/** A fraction as a percentage: `0.473` → `47.3 %`. */
export function formatPercent(fraction: number | undefined): string {
  return fraction === undefined ? NONE : `${(fraction * 100).toFixed(1)} %`;
}

/** A count with thousands separated: `12,345`. */
export function formatCount(count: number | undefined): string {
  return count === undefined ? NONE : Math.round(count).toLocaleString('en-US');
}

export function formatMillis(millis: number | undefined): string {
  return millis === undefined
    ? NONE
    : millis >= 10_000
      ? `${(millis / 1000).toFixed(1)} s`
      : `${Math.round(millis)} ms`;
}
