import { ERROR_CODES } from '../../shared/core/error-codes.ts';
import { FAILURE_REASONS } from '../../shared/kube/client.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

/** docs/errors.md: every stable code, and the reasons of nodes that did not answer. */
export function errorsPage(): string {
  return [
    GENERATED,
    '# Errors',
    '',
    'Messages may change; codes do not. They are in log lines (`code`) and in reports.',
    '',
    markdownTable(
      ['code', 'meaning', 'what to do'],
      ERROR_CODES.map((entry) => [code(entry.code), entry.meaning, entry.advice]),
    ),
    '',
    '## Nodes that did not answer',
    '',
    'Reasons in reports (`nodes.reasons`) and in the label `reason` of `node/down`:',
    '',
    [...FAILURE_REASONS, 'gone'].map(code).join(', '),
    '',
    '`gone` is a node that was collected before and is in the node list no more; it is shown for five minutes.',
    '',
  ].join('\n');
}
