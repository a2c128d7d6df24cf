import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPORT_RULES } from '../../../infra/alarms/report-rules.ts';
import { FLAGS } from '../../../shared/config/flags.ts';
import { type BicepValue, EXPRESSION, readBicep } from '../../support/bicep.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const TEXT = readFileSync(join(ROOT, 'infra/azure/main.bicep'), 'utf8');
const BICEP = readBicep(TEXT);

interface ArmResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly condition?: string;
  readonly scope?: string;
  readonly dependsOn?: readonly string[];
  readonly [key: string]: unknown;
}

const ARM = JSON.parse(readFileSync(join(ROOT, 'infra/azure/main.json'), 'utf8')) as {
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: unknown }>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly resources: readonly ArmResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
};

/** Settings that the host of Azure Functions reads, and not our code. */
const HOST_SETTINGS = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
];

/** ARM's value with every expression replaced by the mark. */
function normal(value: unknown): BicepValue {
  if (typeof value === 'string') return value.startsWith('[') ? EXPRESSION : value;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [normal(key), normal(one)]));
  }
  return value as BicepValue;
}

/** Names of the app settings in a text of Bicep or ARM. */
function settingsIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

const BICEP_SETTINGS = settingsIn(TEXT.slice(TEXT.indexOf('union(settings')), /^ {4}([A-Z]\w+): /gm);
const ARM_SETTINGS = settingsIn(
  String(ARM.resources.find(({ type }) => type === 'Microsoft.Web/sites/config')?.['properties']),
  /[(\s]'([A-Z]\w+)', /g,
);

describe('the alerts on reports', () => {
  it.each(REPORT_RULES.map((rule) => [rule.id, rule] as const))('watch every field of the rule %s', (id, rule) => {
    const alert = ARM.resources.find(({ name }) => name.includes(`-${id}'`));
    const text = JSON.stringify(alert);

    expect([
      ...rule.fields.map((field) => `line.report.${field}`),
      ...rule.sinkFields.map((field) => `sink.${field}`),
    ]).toEqual([...text.matchAll(/toint\(((?:line\.report|sink)\.[\w.]+)\)/g)].map((match) => match[1]));
  });
});

describe('the template of Azure and its twin', () => {
  it('declare the same resources of the same versions in the same order', () => {
    const bicep = BICEP.resources.map(({ type, apiVersion, conditional }) => ({ type, apiVersion, conditional }));
    const arm = ARM.resources.map(({ type, apiVersion, condition }) => ({
      type,
      apiVersion,
      conditional: condition !== undefined,
    }));

    expect(bicep.length).toBeGreaterThan(15);
    expect(arm).toEqual(bicep);
  });

  it.each(BICEP.resources.map((resource, at) => [resource.symbol, resource, ARM.resources[at]] as const))(
    'say the same of %s',
    (_, { body }, arm) => {
      const { name, parent, scope, dependsOn, ...bicep } = body;
      const {
        type,
        apiVersion,
        condition,
        name: armName = '',
        scope: armScope,
        dependsOn: armDepends,
        ...rest
      } = arm ?? {};

      expect(normal(rest)).toEqual(bicep);
      expect(armScope !== undefined).toBe(scope !== undefined);
      // A child's name ends with the literal that Bicep gives it.
      if (name !== EXPRESSION && parent !== undefined) expect(armName).toMatch(new RegExp(`'${String(name)}'\\)\\]$`));
      expect(armName).toMatch(/^\[/);
    },
  );

  it('have the same parameters, and the same are secret', () => {
    const bicep = Object.entries(BICEP.params).map(([name, { type, secure, value }]) => [
      name,
      { type: secure && type === 'object' ? 'secureObject' : type, value },
    ]);
    const arm = Object.entries(ARM.parameters).map(([name, { type, defaultValue }]) => [
      name,
      { type, value: defaultValue === undefined ? undefined : normal(defaultValue) },
    ]);

    expect(Object.fromEntries(arm)).toEqual(Object.fromEntries(bicep));
    expect(BICEP.params['settings']?.secure).toBe(true);
  });

  it('have the same variables, roles among them, and outputs', () => {
    expect(normal(ARM.variables)).toEqual(BICEP.vars);
    expect(Object.keys(ARM.outputs)).toEqual(BICEP.outputs);
  });

  it('refer to nothing that is not declared', () => {
    const text = JSON.stringify(ARM);
    const used = (kind: string): ReadonlySet<string> =>
      new Set([...text.matchAll(new RegExp(`${kind}\\('(\\w+)'\\)`, 'g'))].map((match) => match[1] ?? ''));

    expect([...used('parameters')].filter((name) => !(name in ARM.parameters))).toEqual([]);
    expect([...used('variables')].filter((name) => !(name in ARM.variables))).toEqual([]);
    expect(Object.keys(ARM.parameters).filter((name) => !used('parameters').has(name))).toEqual([]);
    expect(Object.keys(ARM.variables).filter((name) => !used('variables').has(name))).toEqual([]);
  });

  it('close what they open in every expression', () => {
    const expressions = [...JSON.stringify(ARM).matchAll(/"(\[(?:[^"\\]|\\.)*\])"/g)].map((match) => match[1] ?? '');
    const open = (text: string): number =>
      [...text.replaceAll(/'[^']*'/g, '')].reduce(
        (depth, sign) => depth + (sign === '(' ? 1 : sign === ')' ? -1 : 0),
        0,
      );

    expect(expressions.length).toBeGreaterThan(60);
    expect(expressions.filter((text) => open(text) !== 0)).toEqual([]);
  });
});

describe('the app settings of the template', () => {
  it('are the same in the twin', () => {
    expect(BICEP_SETTINGS.length).toBeGreaterThan(10);
    expect(ARM_SETTINGS).toEqual(BICEP_SETTINGS);
  });

  it('are all read by the code, or by the host', () => {
    const folder = join(ROOT, 'functions/azure');
    const code = readdirSync(folder, { encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const flags = FLAGS.map(({ name }) => `HEAPLESS_${name.toUpperCase().replaceAll('-', '_')}`);
    const unread = BICEP_SETTINGS.filter(
      (name) => !HOST_SETTINGS.includes(name) && !code.includes(`'${name}'`) && !flags.includes(name),
    );

    expect(unread).toEqual([]);
  });

  it('say all that the HTTP functions need to know a caller', () => {
    const needed = ['TENANT', 'AUDIENCE', 'CALLERS', 'URL'].map((name) => `HEAPLESS_AZURE_${name}`);

    expect(needed.filter((name) => !BICEP_SETTINGS.includes(name))).toEqual([]);
  });

  it('hold no key: storage, telemetry and the vault are reached by the identity', () => {
    expect(TEXT).toContain('allowSharedKeyAccess: false');
    expect(TEXT).toContain('DisableLocalAuth: true');
    expect(TEXT).not.toMatch(/listKeys|AccountKey|InstrumentationKey/);
  });
});

describe('the rights of the template', () => {
  it('are one role on each of storage, vault, telemetry and, if there is one, the rule of the workspace', () => {
    const roles = ARM.resources.filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments');
    const shown = roles.map(({ name, scope, condition }) => [
      /variables\('(\w+)'\)\)\]$/.exec(name)?.[1],
      /resourceId\('([^']+)'/.exec(scope ?? '')?.[1],
      condition !== undefined,
    ]);

    expect(shown).toEqual([
      ['blobOwner', 'Microsoft.Storage/storageAccounts', false],
      ['secretsUser', 'Microsoft.KeyVault/vaults', false],
      ['metricsPublisher', 'Microsoft.Insights/components', false],
      ['metricsPublisher', 'Microsoft.Insights/dataCollectionRules', true],
    ]);
  });
});
