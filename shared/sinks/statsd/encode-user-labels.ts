// hot path: bench "sinks"
import type { MetricBatch, MetricTable } from '../../core/batch.ts';
import { labelIndex } from '../../core/labels.ts';
import type { ByteWriter } from '../text/byte-writer.ts';
import type { StatsdSettings } from './settings.ts';

/** Writes one Kubernetes label. */
type WritePair = (out: ByteWriter, name: string, value: string) => void;

/**
 * The Kubernetes labels of a row, out of Heapster's joined label `labels` (`app:web,tier:front`). `isTaken` names are left
 * out: a label of ours has them.
 */
export function createUserLabels(
  batch: MetricBatch,
  table: MetricTable,
  settings: StatsdSettings,
  rules: { readonly isTaken: (name: string) => boolean; readonly write: WritePair },
): (out: ByteWriter, row: number) => void {
  const joined = table.labels[labelIndex('labels')];
  const { allowed, customize } = settings;
  const all = allowed.size === 0 || allowed.has('labels');
  if (joined === undefined) return () => undefined;
  return (out, row) => {
    const text = batch.strings.get(joined[row]!);
    if (text === undefined || text === '') return;
    for (const pair of text.split(',')) {
      const colon = pair.indexOf(':');
      const key = pair.slice(0, colon);
      const value = pair.slice(colon + 1);
      if (colon <= 0 || value === '' || !(all || allowed.has(key))) continue;
      const name = customize(key);
      if (!rules.isTaken(name)) rules.write(out, name, value);
    }
  };
}
