import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs that the AWS tests need beside npm's; all from Python's packages (`moto[server]`, `cfn-lint`, `awscli`). */
const TOOLS = ['moto_server', 'cfn-lint', 'aws'] as const;

const missing = TOOLS.filter((tool) => pathOf(tool) === undefined);

/** Why the AWS tests cannot run here; undefined if they can. */
export const AWS_TOOLS_MISSING: string | undefined =
  missing.length === 0 ? undefined : `not on PATH: ${missing.join(', ')} (pip install 'moto[server]' cfn-lint awscli)`;

/** True where the tools must be there (`CI=true HEAPLESS_REQUIRE_AWS=1`), so that nothing is left out in silence. */
export const AWS_REQUIRED: boolean = process.env['CI'] === 'true' && process.env['HEAPLESS_REQUIRE_AWS'] === '1';

function pathOf(tool: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find((path) => existsSync(path));
}
