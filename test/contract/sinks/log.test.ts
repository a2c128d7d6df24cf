import type { LogRequest } from '../../../shared/sinks/log/encode.ts';
import { describeSinkContract, type SinkBackend, type StoredValue } from './sink-contract.ts';

interface Terminal extends SinkBackend {
  text: string;
}

/** A terminal that can be read back. */
async function startTerminal(read: (text: string) => readonly StoredValue[]): Promise<Terminal> {
  const unsupported = (): never => {
    throw new Error('a terminal has no faults');
  };
  const terminal: Terminal = {
    text: '',
    options: [],
    stored: () => read(terminal.text),
    openSockets: 0,
    fail: unsupported,
    failAlways: unsupported,
    refuse: unsupported,
    async [Symbol.asyncDispose]() {},
  };
  return terminal;
}

interface JsonLine {
  readonly key: string;
  readonly values: Readonly<Record<string, number>>;
  readonly labelled?: readonly { readonly name: string; readonly labels: unknown; readonly value: number }[];
}

function readJson(text: string): readonly StoredValue[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as JsonLine)
    .flatMap(({ key, values, labelled = [] }) => [
      ...Object.entries(values).map(([metric, value]) => ({ metric, series: key, value })),
      ...labelled.map(({ name, labels, value }) => ({
        metric: name,
        series: `${key} ${JSON.stringify(labels)}`,
        value,
      })),
    ]);
}

/** Reads the form of Heapster's log sink back. */
function readHeapster(text: string): readonly StoredValue[] {
  const stored: { metric: string; series: string; value: number }[] = [];
  let key = '';
  let part = '';
  for (const line of text.split('\n')) {
    key = /^MetricSet: (.*)$/.exec(line)?.[1] ?? key;
    part = /^ {3}(Labels|Metrics|Labeled Metrics):$/.exec(line)?.[1] ?? part;
    const [, indent, name, value] = /^( +)(\S+) = (.*)$/.exec(line) ?? [];
    if (indent === undefined || name === undefined || part === 'Labels') continue;
    const last = stored.at(-1);
    if (indent.length === 9 && last !== undefined) last.series += ` ${name}=${value}`;
    else stored.push({ metric: name, series: key, value: Number(value) });
  }
  return stored;
}

const TERMINAL = 'it writes to the terminal: there is no service that could fail';

for (const [title, options, read] of [
  ['log', ['format=heapster'], readHeapster],
  ['log json', ['format=json'], readJson],
] as const) {
  describeSinkContract({
    title,
    key: 'log',
    options,
    startBackend: () => startTerminal(read),
    write: (backend, text) => {
      (backend as Terminal).text += text;
    },
    bytesOf: (request: LogRequest) => request.text,
    notExported: new Map(),
    illTyped: { option: 'levels=', says: /levels needs at least one of/ },
    credentialWords: /never/,
    module: 'shared/sinks/log/index.ts',
    skips: {
      7: TERMINAL,
      8: TERMINAL,
      9: TERMINAL,
      10: TERMINAL,
      11: TERMINAL,
      20: TERMINAL,
      22: TERMINAL,
      ...(title === 'log' ? { 14: "Heapster's form has six digits behind the point; format=json keeps all" } : {}),
    },
  });
}
