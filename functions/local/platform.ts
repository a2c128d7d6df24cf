import { readFile } from 'node:fs/promises';
import type { Platform } from '../../shared/app/platform.ts';
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
    readFile: (path) => readFile(path, 'utf8'),
    readSecret: async (name) => (await readFile(name, 'utf8')).trimEnd(),
    ...output,
  };
}
