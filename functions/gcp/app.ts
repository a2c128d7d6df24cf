import { http } from '@google-cloud/functions-framework';
import { reduce } from './reduce.ts';
import { scrape } from './scrape.ts';
import { tick } from './tick.ts';

// One package, deployed three times: each function has its own entry point, identity and address.
http('tick', tick);
http('scrape', scrape);
http('reduce', reduce);
