import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runAzureScript } from '../../support/fake-az.ts';

const CLUSTER = 'kubernetes.summary_api:aks://11111111-2222-4333-8444-555555555555/prod-group/prod';
const CONFIG = { HEAPLESS_SOURCE: CLUSTER, HEAPLESS_SINK: 'log:' };
const NEW = ['--group', 'metrics', '--location', 'westeurope'];
const APP_ID = 'aaaaaaaa-1111-4111-8111-111111111111';
const ZIP = ((): boolean => {
  try {
    execFileSync('zip', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

if (!ZIP) process.stderr.write('the scripts of Azure are not proved here: zip is not installed\n');

describe.skipIf(!ZIP)('deploy.sh', () => {
  it('makes group, app registration, resources and code, in this order', async () => {
    const run = await runAzureScript('deploy.sh', NEW, { ...CONFIG, HEAPLESS_CLUSTER_NAME: 'prod' });

    expect(run.stderr).not.toContain('deploy:');
    expect(run.code).toBe(0);
    expect(run.asked.map((line) => line.split(' --')[0])).toEqual([
      'account show',
      'group show',
      'group create',
      'ad app list',
      'ad app create',
      'ad app update',
      'ad sp show',
      'ad sp create',
      'deployment group create',
      'deployment group show',
      'functionapp deployment source config-zip',
      ...Array(4).fill('deployment group show'),
    ]);
    // The CLI's own --display-name would also find names that only begin so.
    expect(run.asked.find((line) => line.startsWith('ad app list'))).toContain("displayName eq 'heapless-metrics'");
    expect(run.asked.find((line) => line.startsWith('ad app update'))).toContain(`--identifier-uris api://${APP_ID}`);
    const deployment = run.asked.find((line) => line.startsWith('deployment group create')) ?? '';
    expect(deployment).toContain('--template-file infra/azure/main.bicep');
    expect(deployment).toContain(
      `name=heapless audience=api://${APP_ID} schedule=0 * * * * * instanceMemory=2048 monitorWorkspace=false alertGroup= location=westeurope`,
    );
    expect(run.settings).toEqual({ ...CONFIG, HEAPLESS_CLUSTER_NAME: 'prod' });
    expect(run.packaged).toEqual(expect.arrayContaining(['index.mjs', 'host.json', 'package.json']));
    expect(run.packaged.filter((name) => !/\.mjs$|^(host|package)\.json$/.test(name))).toEqual([]);
    expect(run.stdout).toMatch(/app +the-app\nfunctions +the-url\nkey vault +the-vault\nidentity +the-clientId/);
  }, 90_000);

  it('can be run again: what is there is taken', async () => {
    const env = { ...CONFIG, FAKE_GROUP_EXISTS: '1', FAKE_APP_ID: APP_ID };
    // Any file is a package here: what is in one is the test before.
    const args = ['--group', 'metrics', '--monitor-workspace', '--package', import.meta.filename];
    const run = await runAzureScript('deploy.sh', args, env);
    const made = run.asked.filter((line) => / create/.test(line)).map((line) => line.split(' --')[0]);

    expect(run.code).toBe(0);
    expect(made).toEqual(['deployment group create']);
    expect(run.stdout).toContain('remote write the-remoteWrite');
  }, 90_000);

  it.each([
    ['no group', [], CONFIG, 'say --group GROUP'],
    ['an unknown option', [...NEW, '--nope'], CONFIG, 'unknown option --nope'],
    ['an option without its value', ['--group'], CONFIG, '--group needs a value'],
    ['a bad name', [...NEW, '--name', 'Too_Long_A_Name'], CONFIG, '--name must be 3 to 11 lower-case letters'],
    ['a memory that there is not', [...NEW, '--instance-memory', '1024'], CONFIG, 'must be 512, 2048 or 4096'],
    ['a package that is not there', [...NEW, '--package', 'no/app.zip'], CONFIG, 'no/app.zip does not exist'],
    ['an alert group by its name', [...NEW, '--alert-group', 'ops'], CONFIG, '--alert-group must be the id'],
    ['five fields', [...NEW, '--schedule', '* * * * *'], CONFIG, '--schedule must have six fields'],
    ['nobody logged in', NEW, { ...CONFIG, FAKE_LOGGED_OUT: '1' }, 'az is not logged in; run: az login'],
    ['no source', NEW, { HEAPLESS_SINK: 'log:' }, 'HEAPLESS_SOURCE: is not set; write'],
    ['a wrong option of a sink', NEW, { ...CONFIG, HEAPLESS_SINK: 'log:?nope=1' }, 'sink log: unknown option "nope"'],
    [
      'a setting of the template',
      NEW,
      { ...CONFIG, HEAPLESS_STATE: 'memory:' },
      'HEAPLESS_STATE: is set by the template',
    ],
  ])(
    'stops before it makes anything with %s',
    async (_, args, env, said) => {
      const run = await runAzureScript('deploy.sh', args, env);

      expect(run.stderr).toContain(said);
      expect(run.code).toBe(2);
      expect(run.asked.filter((line) => / (create|update)/.test(line))).toEqual([]);
    },
    30_000,
  );

  it('wants a region for a group that it must make', async () => {
    const run = await runAzureScript('deploy.sh', ['--group', 'metrics'], CONFIG);

    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('does not exist; say --location REGION') });
  }, 30_000);
});

describe('uninstall.sh', () => {
  it('takes away what was made, the rights elsewhere too, and purges the vault', async () => {
    const run = await runAzureScript('uninstall.sh', ['--group', 'metrics'], { FAKE_APP_ID: APP_ID });
    const deleted = run.asked.filter((line) => / (delete|purge)/.test(line));

    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(deleted).toEqual([
      'role assignment delete --ids role-1',
      'role assignment delete --ids role-2',
      `ad app delete --id ${APP_ID}`,
      'functionapp delete --resource-group metrics --name the-app',
      ...['failed-ticks', 'missing-ticks', 'lost-points', 'nodes-down', 'waiting-points'].map(
        (end) => `resource delete --ids heapless-${end} --output none`,
      ),
      ...['plan', 'insights', 'logs', 'identity', 'rule', 'endpoint', 'metrics'].map(
        (end) => `resource delete --ids heapless-${end} --output none`,
      ),
      'storage account delete --resource-group metrics --name the-storage --yes',
      'keyvault delete --resource-group metrics --name the-vault',
      'deployment group delete --resource-group metrics --name heapless',
      'keyvault purge --name the-vault',
    ]);
  });

  it('takes the group as a whole, if it may', async () => {
    const run = await runAzureScript('uninstall.sh', ['--group', 'metrics', '--group-too'], { FAKE_APP_ID: APP_ID });

    expect(run.asked.filter((line) => /^(group|keyvault|storage)/.test(line))).toEqual([
      'group delete --name metrics --yes',
      'keyvault purge --name the-vault',
    ]);
  });

  it.each([
    ['no group', [], {}, 'say --group GROUP'],
    [
      'a name that was never deployed',
      ['--group', 'metrics'],
      { FAKE_NO_DEPLOYMENT: '1' },
      'has no deployment heapless',
    ],
    ['an unknown option', ['--yes'], {}, 'unknown option --yes; allowed are'],
  ])('deletes nothing with %s', async (_, args, env, said) => {
    const run = await runAzureScript('uninstall.sh', args, env as Record<string, string>);

    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
    expect(run.asked.filter((line) => / (delete|purge)/.test(line))).toEqual([]);
  });
});
