import { Agent, get } from 'node:https';
import type { ClusterAddress } from '../cluster-process.ts';
import { nodeDigits } from '../cluster-shape.ts';
import type { OpenJob } from '../job.ts';
import { nodeName } from '../summary-template.ts';

/** In flight at once, as the product's default. */
export const FLOOR_IN_FLIGHT = 32;

/** P: every summary over `node:https` with keep-alive, and `JSON.parse` of the same bytes. Nothing is kept. */
export const openJob: OpenJob = async ({ shape, address }) => {
  if (address === undefined) throw new RangeError('the floor needs a cluster');
  const fetchAll = createFloor(address);
  const names = Array.from({ length: shape.nodes }, (_, node) => nodeName(nodeDigits(node)));
  return {
    run: () => fetchAll.run(names, FLOOR_IN_FLIGHT),
    close: async () => fetchAll.close(),
  };
};

export interface Floor {
  run(names: readonly string[], inFlight: number): Promise<{ readonly bytes: number; readonly pods: number }>;
  close(): void;
}

export function createFloor({ server, ca, token }: ClusterAddress): Floor {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, ca });
  const fetchOne = (name: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const url = `${server}/api/v1/nodes/${name}/proxy/stats/summary`;
      const request = get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks));
          else reject(new Error(`${name}: status ${response.statusCode}`));
        });
      });
      request.on('error', reject);
    });
  return {
    async run(names, inFlight) {
      let bytes = 0;
      let pods = 0;
      let next = 0;
      const work = async (): Promise<void> => {
        for (let name = names[next++]; name !== undefined; name = names[next++]) {
          const body = await fetchOne(name);
          bytes += body.length;
          pods += (JSON.parse(body.toString('utf8')) as { readonly pods: readonly unknown[] }).pods.length;
        }
      };
      await Promise.all(Array.from({ length: inFlight }, work));
      return { bytes, pods };
    },
    close: () => agent.destroy(),
  };
}
