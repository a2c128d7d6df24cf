import type { Level } from '../core/level.ts';
import { otelWord } from './otel.ts';
import { createOtelDialect, type OtelWord } from './otel-dialect.ts';

/** Where the semantic conventions differ from the receivers; the rest is the same. */
function semconvWord(key: string, level: Level): OtelWord | undefined {
  const word = otelWord(key, level);
  if (word === undefined) return undefined;
  if (key === 'memory/page_faults') return undefined;
  if (key === 'memory/major_page_faults') {
    const name = word.name.replace('memory.major_page_faults', 'paging.faults');
    return { name, labels: { 'system.paging.fault.type': 'major' } };
  }
  const direction = word.labels?.['direction'];
  if (direction !== undefined) return { name: word.name, labels: { 'network.io.direction': direction } };
  return { ...word, name: rename(word.name) };
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
