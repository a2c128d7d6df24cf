import { describe, expect, it } from 'vitest';
import { classifyMetrics } from '../../../../shared/sinks/azuremonitor/classify.ts';
import type { SendOutcome } from '../../../../shared/sinks/sink.ts';

const NOW = Date.UTC(2026, 10, 28, 12);

function classify(status: number, body = '', headers: Readonly<Record<string, string>> = {}): SendOutcome {
  return classifyMetrics(
    { status, header: (name) => headers[name], body: Buffer.from(body) },
    {
      rules: { backend: 'Azure Monitor', credentials: 'give it the role' },
      place: 'westeurope',
      now: NOW,
    },
  );
}

describe('classifyMetrics', () => {
  it('takes any success for delivered', () => {
    expect([classify(200), classify(202)]).toEqual([{ status: 'delivered' }, { status: 'delivered' }]);
  });

  it('waits as long as a throttling answer says', () => {
    expect(classify(429, 'slow down', { 'retry-after': '7' })).toMatchObject({
      status: 'retryable',
      ambiguous: false,
      retryAfter: 7_000,
    });
  });

  it.each([500, 503])('takes %i for a doubt', (status) => {
    expect(classify(status)).toMatchObject({ status: 'retryable', ambiguous: true });
  });

  it.each([400, 413])('halves what is refused with %i', (status) => {
    expect(classify(status, 'bad dimension')).toMatchObject({ status: 'split' });
  });

  it('does not halve what is too old, as every half is', () => {
    const said = "'time' should not be older than 30 minutes and not more than 4 minutes in the future";

    expect(classify(400, said)).toMatchObject({ status: 'rejected', cause: { code: 'sink_window' } });
  });

  it.each([
    [404, 'Not Found'],
    [400, 'The resource is not in the region of this endpoint'],
  ])('tells of a wrong resource or region at %i', (status, said) => {
    const outcome = classify(status, said);

    expect(outcome).toMatchObject({ status: 'rejected' });
    expect(String((outcome as { cause: Error }).cause)).toMatch(
      /does not know the resource at westeurope; check resource_id= and region= \(az resource show/,
    );
  });

  it.each([401, 403])('names what the identity needs at %i', (status) => {
    expect(String((classify(status) as { cause: Error }).cause)).toMatch(/their rights \(give it the role\)/);
  });
});
