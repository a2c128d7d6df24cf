import { systemClock } from '../../shared/core/clock.ts';
import { createFileStore } from '../../shared/state/file.ts';

/** A process of its own: adds 1 to the object `counter` as often as it is told, by conditional writes. Prints its conflicts. */
const [folder = '', times = '0'] = process.argv.slice(2);
const store = await createFileStore({ folder, shown: 'file:', clock: systemClock });
const { signal } = new AbortController();
let conflicts = 0;
for (let done = 0; done < Number(times); ) {
  const object = await store.get('counter', signal);
  const next = Buffer.from(String(Number(object?.body.toString() ?? '0') + 1));
  const condition =
    object === undefined ? ({ if: 'absent' } as const) : ({ if: 'version', version: object.version } as const);
  const outcome = await store.put('counter', next, condition, signal);
  if (outcome.status === 'stored') done++;
  else conflicts++;
}
process.stdout.write(String(conflicts));
