import { app } from '@azure/functions';
import { reduce } from './reduce.ts';
import { scrape } from './scrape.ts';
import { tick } from './tick.ts';

/** Every minute, in the form of six fields that the host wants: with seconds. */
const EVERY_MINUTE = '0 * * * * *';

app.timer('tick', {
  // HEAPLESS_METRIC_RESOLUTION must say the same interval.
  schedule: process.env['HEAPLESS_AZURE_SCHEDULE'] || EVERY_MINUTE,
  // The host keeps the schedule's time in its storage, and hands it over: without it a run could not tell its minute.
  useMonitor: true,
  handler: tick,
});

// No function keys: they are secrets that somebody must keep and pass on. The functions check the caller's identity.
app.http('scrape', { methods: ['POST'], authLevel: 'anonymous', route: 'scrape', handler: scrape });
app.http('reduce', { methods: ['POST'], authLevel: 'anonymous', route: 'reduce', handler: reduce });
