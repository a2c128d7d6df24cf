import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Who may import whom. A room may always import from itself; a room that is not listed may import nothing. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'shared/core': [],
  'shared/config': ['shared/core'],
  'shared/identity': ['shared/core'],
  'shared/clusters': ['shared/core', 'shared/config', 'shared/identity'],
  'shared/kube': ['shared/core', 'shared/clusters'],
  'shared/sources': ['shared/core', 'shared/kube'],
  'shared/processors': [
    'shared/core',
    'shared/config',
    'shared/kube',
    'shared/sources',
    'shared/state',
    'shared/fanout',
  ],
  'shared/fanout': ['shared/core', 'shared/kube', 'shared/delivery'],
  'shared/state': ['shared/core', 'shared/config'],
  'shared/dialects': ['shared/core'],
  'shared/sinks': ['shared/core', 'shared/config', 'shared/dialects', 'shared/identity'],
  'shared/delivery': ['shared/core', 'shared/sinks'],
  'shared/telemetry': ['shared/core'],
  'shared/app': [
    'shared/core',
    'shared/config',
    'shared/clusters',
    'shared/kube',
    'shared/sources',
    'shared/processors',
    'shared/fanout',
    'shared/state',
    'shared/sinks',
    'shared/delivery',
    'shared/telemetry',
  ],
  'functions/local': [
    'shared/app',
    'shared/core',
    'shared/config',
    'shared/dialects',
    'shared/fanout',
    'shared/delivery',
    'shared/kube',
    'infra',
  ],
  'functions/aws': ['shared/app', 'shared/core', 'shared/config', 'shared/fanout', 'shared/telemetry'],
  'functions/http': ['shared/core', 'shared/fanout', 'shared/identity'],
  'functions/azure': [
    'shared/app',
    'shared/core',
    'shared/config',
    'shared/fanout',
    'shared/telemetry',
    'functions/http',
  ],
  'functions/gcp': [
    'shared/app',
    'shared/core',
    'shared/config',
    'shared/fanout',
    'shared/telemetry',
    'functions/http',
  ],
  infra: [
    'shared/core',
    'shared/config',
    'shared/dialects',
    'shared/kube',
    'shared/sinks',
    'shared/clusters',
    'shared/state',
  ],
};

/** Inside a room, finer rules: what must not be there at all. */
const PURE_ROOMS = ['shared/core', 'shared/processors', 'shared/sources'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly lazy: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const eager = [...text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'|^import '([^']+)'/gm)];
  const lazy = [...text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)];
  return [
    ...eager.map((match) => ({ file, from: match[1] ?? match[2] ?? '', lazy: false })),
    ...lazy.map((match) => ({ file, from: match[1] ?? '', lazy: true })),
  ];
}

function roomOf(file: string): string {
  const parts = file.split('/');
  return parts[0] === 'infra' ? 'infra' : parts.slice(0, 2).join('/');
}

const FILES = ['functions', 'shared', 'infra'].flatMap(sourceFiles);
const IMPORTS = FILES.flatMap(importsOf);

describe('the house', () => {
  it('lets data flow one way: every import is allowed by the table', () => {
    const wrong = IMPORTS.filter(({ from }) => from.startsWith('.'))
      .map(({ file, from }) => ({ file, target: relative(ROOT, resolve(ROOT, dirname(file), from)) }))
      .filter(({ file, target }) => {
        const room = roomOf(file);
        return room !== roomOf(target) && !(MAY_IMPORT[room] ?? []).includes(roomOf(target));
      })
      .map(({ file, target }) => `${file} → ${target}`);

    expect(wrong).toEqual([]);
  });

  it('has no circle of imports between files', () => {
    const graph = new Map<string, string[]>();
    for (const { file, from, lazy } of IMPORTS) {
      if (lazy || !from.startsWith('.')) continue;
      const target = relative(ROOT, resolve(ROOT, dirname(file), from));
      graph.set(file, [...(graph.get(file) ?? []), target]);
    }
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);

    expect(circles).toEqual([]);
  });

  it('loads cloud SDKs and the Kubernetes client lazily', () => {
    // An app registers its functions with these two as it starts.
    const vendor = /^(@aws-sdk|@kubernetes|@google-cloud(?!\/functions-framework$)|@azure(?!\/functions$))\//;
    const eager = FILES.filter((file) => file.startsWith('shared/') || file.startsWith('functions/')).flatMap(
      (file) => {
        const text = readFileSync(join(ROOT, file), 'utf8');
        return [...text.matchAll(/^import (?!type )[^;]*?from '([^']+)'/gm)]
          .filter((match) => vendor.test(match[1] ?? ''))
          .map((match) => `${file} → ${match[1]}`);
      },
    );

    expect(eager).toEqual([]);
  });

  it('loads packages in CommonJS by files of its own: a bundle has no names of theirs behind import()', () => {
    // These take the default export where there is no name.
    const careful = ['shared/sinks/stackdriver/client.ts', 'shared/sinks/kafka/producer.ts'];
    const isModule = (name: string): boolean => {
      const folder = name.split('/').slice(0, name.startsWith('@') ? 2 : 1);
      const text = readFileSync(join(ROOT, 'node_modules', ...folder, 'package.json'), 'utf8');
      const { type, module } = JSON.parse(text) as { readonly type?: string; readonly module?: string };
      return type === 'module' || module !== undefined;
    };
    const wrong = FILES.filter((file) => !careful.includes(file)).flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?<!typeof )\bimport\(\s*'([^.'][^']*)'/g)]
        .map((match) => match[1] ?? '')
        .filter((name) => !name.startsWith('node:') && !isModule(name))
        .map((name) => `${file} → ${name}`),
    );

    expect(wrong).toEqual([]);
  });

  it('keeps clocks, network and environment out of the pure rooms', () => {
    const impure = /\bDate\.now\(|\bprocess\.env\b|'node:(net|tls|http|https|fs|dns|child_process)/;
    const wrong = FILES.filter((file) => PURE_ROOMS.some((room) => file.startsWith(`${room}/`)))
      .filter((file) => file !== 'shared/core/clock.ts')
      .filter((file) => impure.test(readFileSync(join(ROOT, file), 'utf8')));

    expect(wrong).toEqual([]);
  });

  it('reads the environment at the edge only', () => {
    const allowed = [/^shared\/config\/env\.ts$/, /^functions\/[a-z]+\//, /^shared\/clusters\//, /^infra\//];
    const wrong = FILES.filter((file) => !allowed.some((pattern) => pattern.test(file))).filter((file) =>
      /\bprocess\.env\b/.test(readFileSync(join(ROOT, file), 'utf8')),
    );

    expect(wrong).toEqual([]);
  });

  it('keeps a file to one noun: at most 300 lines, tables excepted', () => {
    const tables = ['shared/core/metrics.ts'];
    const long = FILES.filter((file) => !tables.includes(file))
      .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 300)
      .map(({ file, lines }) => `${file}: ${lines}`);

    expect(long).toEqual([]);
  });

  it('keeps comments free of unfinished business', () => {
    const marks = FILES.filter((file) => /\b(TODO|FIXME|XXX)\b/.test(readFileSync(join(ROOT, file), 'utf8')));

    expect(marks).toEqual([]);
  });
});
