import { runKills } from './kills.ts';

/** `npm run kill-runs`: HEAPLESS_KILLS kills (100), seeded by HEAPLESS_SEED (1). Exits with 1 if anything was found. */
const kills = Number(process.env['HEAPLESS_KILLS'] ?? 100);
const seed = Number(process.env['HEAPLESS_SEED'] ?? 1);
const toll = await runKills({ kills, seed });
process.stdout.write(`${JSON.stringify(toll, undefined, 2)}\n`);
const { twice, unfaithful, unreadable, missing, waiting } = toll;
process.exitCode = twice.length + unfaithful.length + unreadable.length + missing + waiting === 0 ? 0 : 1;
