import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { main } from '../../../functions/local/main.ts';

interface Run {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  let out = '';
  let error = '';
  const status = await main(args, {
    env,
    signal: new AbortController().signal,
    color: false,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
    },
  });
  return { status, out, error };
}

describe('heapless dashboards', () => {
  it.each([
    ['grafana', 'heapster_node_count'],
    ['azure', 'heapster_node_count'],
    ['gcm', 'custom.googleapis.com/heapster/'],
    ['cloudwatch', 'FROM SCHEMA('],
  ])('prints one JSON document for %s, and nothing else', async (console, part) => {
    const { status, out, error } = await run(['dashboards', '--for', console]);

    expect([status, error]).toEqual([0, '']);
    expect(JSON.stringify(JSON.parse(out))).toContain(part);
  });

  it('is made for the sink of the environment, or for the one that is named', async () => {
    const env = { HEAPLESS_SINK: 'influxdb:http://x log:' };

    const configured = await run(['dashboards', '--for', 'grafana', '--view', 'node'], env);
    const named = await run(['dashboards', '--for', 'grafana', '--view', 'node', '--sink', 'prometheus:http://x'], env);

    expect(configured.out).toContain('SELECT max(');
    expect(named.out).toContain('max by (nodename)');
  });

  it('shows custom metrics of Azure Monitor, with queries for each grouping', async () => {
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/prod';
    const env = {
      HEAPLESS_SINK: `azuremonitor:?region=westeurope&resource_id=${id}`,
      HEAPLESS_GROUP_BY: 'namespace; label:app',
    };

    const { status, out, error } = await run(['dashboards', '--for', 'azure'], env);

    expect([status, error]).toEqual([0, '']);
    expect(out).toContain('"customNamespace": "Heapless/node"');
    expect(out).toMatch(/"filters": \[\s+"label:app"\s+\]/);
  });

  it('shows the functions beside, in their region', async () => {
    const args = ['dashboards', '--for', 'cloudwatch', '--region', 'eu-north-1', '--functions', 'heapless-prod'];

    const { out } = await run(args);

    expect(out).toContain('"heapless-prod-tick"');
    expect(out).toContain('"region": "eu-north-1"');
    expect(out).not.toContain('$'.concat('{'));
  });

  it.each([
    [['dashboards'], /required option '--for/],
    [['dashboards', '--for', 'kibana'], /Allowed choices are cloudwatch, gcm, azure, grafana/],
    [['dashboards', '--for', 'grafana', '--view', 'pods'], /Allowed choices are fleet, cluster/],
    [
      ['dashboards', '--for', 'grafana', '--sink', 'log:'],
      /sink log: cannot be shown by grafana, which shows prometheus:/,
    ],
    [['dashboards', '--for', 'grafana', '--sink', 'prometheus:http://x?colour=red'], /unknown option "colour"/],
    [['dashboards', '--for', 'gcm', '--sink', 'stackdriver:?levels=*&metrics=*'], /more than the 100 of a dashboard/],
    [['alarms', '--for', 'prometheus', '--memory', '2'], /must be a fraction above 0 and up to 1/],
    [['alarms', '--for', 'prometheus', '--budget-points', 'many'], /must be a number above 0/],
    [
      ['alarms', '--for', 'azure', '--sink', 'cloudwatch:'],
      /cannot be shown by azure, which shows prometheus:, otlp:, azuremonitor:/,
    ],
    [['cost', '--nodes', '0'], /must be a whole number of at least 1/],
    [['deploy-check', '--output', 'xml'], /Allowed choices are text, json/],
  ])('%j is a mistake of usage that is said', async (args, message) => {
    const { status, out, error } = await run(args);

    expect(status).toBe(1);
    expect(out).toBe('');
    expect(error).toMatch(message);
  });
});

describe('heapless alarms', () => {
  it('has the bounds of the house, and only the alarms that are named', async () => {
    const args = ['alarms', '--for', 'prometheus', '--only', 'incomplete', 'budget-exceeded', '--completeness', '0.5'];

    const { out } = await run([...args, '--budget-points', '1234']);
    const { groups } = JSON.parse(out) as {
      readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
    };

    expect(groups[0]?.rules.map(({ expr }) => expr.slice(expr.lastIndexOf('}')))).toEqual([
      '}) < 0.5',
      '})',
      '}) > 1234',
    ]);
  });

  it('tells whom it is told to tell', async () => {
    const topic = 'arn:aws:sns:eu-west-1:1:ops';

    const { out } = await run(['alarms', '--for', 'cloudwatch', '--notify', topic, '--prefix', 'mine']);

    expect(JSON.parse(out)).toMatchObject({
      Resources: { HeaplessNodeDownAlarm: { Properties: { AlarmName: 'mine-node-down', AlarmActions: [topic] } } },
    });
  });
});

describe('heapless cost', () => {
  it.each([
    ['cloudwatch:', 'as it is by default:'],
    ['cloudwatch:?mode=emf', 'The same clusters with `cloudwatch:?mode=emf`:'],
  ])('is what docs/deploy-aws.md says for %s', async (sink, before) => {
    const page = await readFile('docs/deploy-aws.md', 'utf8');
    const { out } = await run(['cost', '--sink', sink]);
    const cells = (line: string): readonly string[] => line.split(/[|│║]/).map((cell) => cell.trim());
    const shown = out.split('\n').filter((line) => /^║ +\d/.test(line));
    const said = page
      .slice(page.indexOf(before))
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .slice(0, shown.length);

    expect(shown.length).toBe(3);
    expect(said.map(cells)).toEqual(shown.map(cells));
  });

  it('says what clusters of these sizes cost with the sinks as configured', async () => {
    const { status, out } = await run(['cost', '--nodes', '100', '200']);
    const without = await run(['cost', '--nodes', '100'], { HEAPLESS_SINK: 'log:' });

    expect(status).toBe(0);
    expect(out).toMatch(/│\s+757 │/);
    expect(out.split('\n').filter((line) => /^║\s+[12]00 /.test(line)).length).toBe(2);
    expect(without.out).toMatch(/║\s+100 │\s+0 │/);
  });
});

describe('heapless deploy-check', () => {
  it('says what to install where the AWS CLI is not, and that something is to be mended', async () => {
    const { status, out } = await run(['deploy-check', '--stack', 'heapless-prod'], { PATH: '/nowhere' });

    expect(status).toBe(2);
    expect(out).toContain('✗ stack');
    expect(out).toContain('the AWS CLI (aws) is not installed; see https://aws.amazon.com/cli/');
  });
});
