import { describe, expect, it } from 'vitest';
import { decodePod } from '../../../../shared/kube/decode-objects.ts';
import { createPodDecoder } from '../../../../shared/kube/protobuf/pod-decoder.ts';
import { createClusterObjects } from '../../../bench/cluster-objects.ts';
import { USUAL_SHAPE } from '../../../bench/cluster-shape.ts';
import { encodeList } from '../../../bench/protobuf/list-message.ts';
import { encodePod } from '../../../bench/protobuf/pod-message.ts';
import { listDecoder } from '../../../support/list-decoder.ts';

describe("the benchmark's pods in protobuf", () => {
  it('say what their JSON says', () => {
    const pods = createClusterObjects({ ...USUAL_SHAPE, nodes: 1 }).pods(0);

    const page = listDecoder(
      'PodList',
      createPodDecoder(),
    )(encodeList('PodList', { continue: 'more' }, pods.map(encodePod)));

    const names = page.items.map(({ metadata, spec, status }) => [metadata?.name, spec?.containers, status?.phase]);
    const wanted = pods.map((pod) => decodePod(JSON.parse(pod) as unknown));
    expect(names).toEqual(
      wanted.map(({ metadata, spec, status }) => [metadata?.name, spec?.containers, status?.phase]),
    );
    expect(page.continue).toBe('more');
  });

  it('are about as large as the API server makes them: 0.59 of their JSON', () => {
    const pods = createClusterObjects({ ...USUAL_SHAPE, nodes: 1 }).pods(0);

    const ratio = pods.map(encodePod).reduce((sum, pod) => sum + pod.length, 0) / pods.join('').length;

    expect(ratio).toBeGreaterThan(0.53);
    expect(ratio).toBeLessThan(0.61);
  });
});
