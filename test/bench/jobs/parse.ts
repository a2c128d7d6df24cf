import { createBodies } from '../bodies.ts';
import type { OpenJob } from '../job.ts';

/** `JSON.parse` of every summary, nothing else: what decoding alone is compared with. */
export const openJob: OpenJob = async ({ shape }) => {
  const bodies = createBodies(shape);
  let rendered: readonly Buffer[] = [];
  return {
    async prepare({ offset }) {
      rendered = bodies.render(offset);
    },
    async run() {
      let pods = 0;
      for (const body of rendered) {
        pods += (JSON.parse(body.toString('utf8')) as { readonly pods: readonly unknown[] }).pods.length;
      }
      return { pods };
    },
    close: async () => undefined,
  };
};
