import { createBodies } from '../bodies.ts';
import { createBuilder, decodeAll } from '../fold.ts';
import type { OpenJob } from '../job.ts';

/** Every summary into the columns of one batch builder. */
export const openJob: OpenJob = async ({ shape }) => {
  const bodies = createBodies(shape);
  let rendered: readonly Buffer[] = [];
  return {
    async prepare({ offset }) {
      rendered = bodies.render(offset);
    },
    async run({ offset }) {
      const builder = createBuilder(offset);
      decodeAll(builder, bodies.nodes, rendered, Date.now() + offset);
      return { pods: builder.table('pod').rows };
    },
    close: async () => undefined,
  };
};
