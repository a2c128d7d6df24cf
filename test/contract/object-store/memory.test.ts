import { createMemoryStore } from '../../../shared/state/memory.ts';
import { describeObjectStore } from './object-store-contract.ts';

describeObjectStore('memory:', {
  open: async () => createMemoryStore('memory:'),
  openAgain: undefined,
  versionsAreHashes: false,
});
