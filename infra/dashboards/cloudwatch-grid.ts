import type { Block, DashboardWidget } from './dashboard-body.ts';

const COLUMNS = 24;

/** Blocks from left to right and from the top down; a row is as high as its highest block, and a heading begins a new one. */
export function placed(blocks: readonly Block[]): DashboardWidget[] {
  const widgets: DashboardWidget[] = [];
  let x = 0;
  let y = 0;
  let height = 0;
  for (const block of blocks) {
    if (x + block.width > COLUMNS) {
      y += height;
      x = 0;
      height = 0;
    }
    widgets.push({ ...block, x, y });
    x += block.width;
    height = Math.max(height, block.height);
  }
  return widgets;
}
