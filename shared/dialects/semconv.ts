import type { Level } from '../core/level.ts';
import { metricByKey } from '../core/metrics.ts';
import type { DialectKind } from './dialect.ts';
import { otelWord } from './otel.ts';
import { createOtelDialect, type OtelWord } from './otel-dialect.ts';

/** Where the semantic conventions differ from the receivers; the rest is the same. */
function semconvWord(key: string, level: Level): OtelWord | undefined {
  const word = otelWord(key, level);
  if (word === undefined) return undefined;
  if (key === 'memory/page_faults') return undefined;
  if (key === 'memory/major_page_faults') {
    const name = word.name.replace('memory.major_page_faults', 'paging.faults');
    return { name, unit: '{fault}', labels: { 'system.paging.fault.type': 'major' } };
  }
  const direction = word.labels?.['direction'];
  if (direction !== undefined) {
    const unit = word.name.endsWith('.errors') ? { unit: '{error}' } : {};
    return { name: word.name, ...unit, labels: { 'network.io.direction': direction } };
  }
  const inodes = key.startsWith('filesystem/inodes') ? { unit: '{inode}' } : {};
  return { ...word, ...inodes, kind: kindOf(key), name: rename(word.name) };
}

/** Bytes and counts are sums that go up and down there; the time since the start is a gauge. */
function kindOf(key: string): DialectKind {
  if (key === 'uptime' || key === 'cpu/usage_rate' || key.endsWith('_utilization')) return 'gauge';
  return metricByKey(key).kind === 'cumulative' ? 'cumulative' : 'updown';
}

function rename(name: string): string {
  return name
    .replace(/^k8s\.volume\.inodes$/, 'k8s.pod.volume.inode.count')
    .replace(/^k8s\.volume\.inodes\./, 'k8s.pod.volume.inode.')
    .replace(/^k8s\.volume\./, 'k8s.pod.volume.')
    .replace(/\.(cpu|memory)_(request|limit)_utilization$/, '.$1.$2.utilization')
    .replace(/\.ephemeralstorage_(request|limit)$/, '.ephemeral_storage.$1')
    .replace(/\.(cpu|memory)_(request|limit)$/, '.$1.$2.desired')
    .replace('k8s.container.restarts', 'k8s.container.restart.count');
}

/** OpenTelemetry's semantic conventions of 2026-08. Page faults that are not major have no name of their own there. */
export default createOtelDialect({
  name: 'semconv',
  metric: semconvWord,
  ownLabels: { interface: 'network.interface.name' },
});
