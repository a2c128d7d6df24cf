import { ConfigError, describeError } from '../../shared/core/errors.ts';
import { functionSettings } from './function-settings.ts';

/** Prints the parameter file of the template: the app settings, checked. Exit status 2 = the configuration is wrong. */
async function main(): Promise<void> {
  try {
    const file = {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
      contentVersion: '1.0.0.0',
      parameters: { settings: { value: await functionSettings(process.env) } },
    };
    process.stdout.write(`${JSON.stringify(file, undefined, 2)}\n`);
  } catch (error) {
    const lines =
      error instanceof ConfigError
        ? error.problems.map(({ where, problem }) => `${where}: ${problem}`)
        : [describeError(error)];
    process.stderr.write(`the configuration is wrong:\n${lines.map((line) => `  ${line}\n`).join('')}`);
    process.exitCode = 2;
  }
}

await main();
