import { parentPort, workerData } from 'node:worker_threads';
import { heartbeat } from './suite.ts';
import { SUITES } from './suites.ts';

/** What a worker is given: which suite, how much of it, and where it counts what it has tried. */
export interface FuzzOrder {
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
  readonly tried: SharedArrayBuffer;
}

const { name, runs, seed, tried } = workerData as FuzzOrder;
const suite = SUITES.find((each) => each.name === name);
if (suite === undefined) throw new RangeError(`there is no suite ${name}`);
const counter = new Int32Array(tried);
Object.defineProperty(heartbeat, 'tried', {
  get: () => Atomics.load(counter, 0),
  set: (value: number) => Atomics.store(counter, 0, value),
});
await suite.run(runs, seed);
parentPort?.postMessage('done');
