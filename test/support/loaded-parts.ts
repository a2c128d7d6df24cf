import { PARTS } from '../../shared/app/registry.ts';

// Tests of deadlines load what they need before their time begins: a runner of tests takes far longer than a bundle does.
await Promise.all(Object.values(PARTS).map((load) => load()));
