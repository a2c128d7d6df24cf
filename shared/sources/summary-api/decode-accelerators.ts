import { metricId } from '../../core/metrics.ts';
import type { TableBuilder } from '../../core/table-builder.ts';
import { toAmount, toCount, toEntry, toList } from './decode-values.ts';
import type { Walk } from './decode-walk.ts';
import { countFault } from './faults.ts';
import { isLabelText } from './label-text.ts';
import type { WireAccelerator } from './wire.ts';

const MEMORY_TOTAL = metricId('accelerator/memory_total');
const MEMORY_USED = metricId('accelerator/memory_used');
const DUTY_CYCLE = metricId('accelerator/duty_cycle');

/** Accelerators of a container as sparse values with own labels `accelerator_id`, `make`, `model`. */
export function decodeAccelerators(walk: Walk, table: TableBuilder, row: number, value: unknown): void {
  const list = toList(value, walk.faults);
  if (list.length === 0) return;
  const present = new Set<number>();
  for (const item of list) {
    const wire = toEntry<WireAccelerator>(item, walk.faults, 'bad_accelerator');
    if (wire === undefined) continue;
    const { id, make, model } = wire;
    if (!isLabelText(id) || !isLabelText(make) || !isLabelText(model)) {
      countFault(walk.faults, 'bad_accelerator');
      continue;
    }
    const own = walk.builder.ownLabels('accelerator_id', id, 'make', make, 'model', model);
    if (present.has(own)) {
      countFault(walk.faults, 'duplicate_accelerator');
      continue;
    }
    present.add(own);
    const total = toCount(wire.memoryTotal, walk.faults);
    const used = toCount(wire.memoryUsed, walk.faults);
    const busy = toAmount(wire.dutyCycle, walk.faults);
    if (!Number.isNaN(total)) table.addSparse(row, MEMORY_TOTAL, own, total);
    if (!Number.isNaN(used)) table.addSparse(row, MEMORY_USED, own, used);
    if (!Number.isNaN(busy)) table.addSparse(row, DUTY_CYCLE, own, busy);
  }
}
