import type { Platform } from '../../shared/app/platform.ts';
import { readTextFile } from '../../shared/app/read-text-file.ts';
import { systemClock } from '../../shared/core/clock.ts';

/** This machine as a platform: everything in one process; `${secret:PATH}` is the content of a file. */
export function localPlatform(output: {
  readonly write: (text: string) => void;
  readonly writeLog: (line: string) => void;
}): Platform {
  return {
    name: 'local',
    defaultState: 'memory:',
    clock: systemClock,
    random: Math.random,
    readFile: readTextFile,
    readSecret: async (name) => (await readTextFile(name)).trimEnd(),
    ...output,
  };
}
