import { readFile } from 'node:fs';

/** The text of a file. Not by `node:fs/promises`, which no start of a function has loaded yet, nor the dozen modules that it takes. */
export function readTextFile(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    readFile(path, 'utf8', (error, text) => (error === null ? resolve(text) : reject(error)));
  });
}
