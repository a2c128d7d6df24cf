import { describe, expect, it } from 'vitest';
import { createBackwardWriter } from '../../../bench/protobuf/backward-writer.ts';

describe('the backward writer', () => {
  it('puts tags and lengths before what they are of', () => {
    const writer = createBackwardWriter();
    writer.nest(3, () => {
      writer.text(2, 'ab');
      writer.number(1, 300);
    });

    expect([...writer.written()]).toEqual([0x1a, 7, 0x08, 0xac, 0x02, 0x12, 2, 0x61, 0x62]);
  });

  it('grows, and keeps what it has, also in a message that is still open', () => {
    const writer = createBackwardWriter();
    const long = 'x'.repeat(100_000);
    writer.nest(1, () => {
      writer.text(2, 'end');
      writer.text(1, long);
    });
    const bytes = writer.written();

    // 4 + 100,000 and 5 bytes of fields.
    expect([...bytes.subarray(0, 8)]).toEqual([0x0a, 0xa9, 0x8d, 0x06, 0x0a, 0xa0, 0x8d, 0x06]);
    expect(bytes.length).toBe(4 + 0x186a9);
    expect(bytes.subarray(-5).toString()).toBe('\x12\x03end');
  });

  it('begins anew after clear', () => {
    const writer = createBackwardWriter();
    writer.text(1, 'before');
    const before = writer.written();
    writer.clear();
    writer.text(1, 'b');

    expect([...writer.written()]).toEqual([0x0a, 1, 0x62]);
    expect(before.toString()).toContain('before');
  });
});
