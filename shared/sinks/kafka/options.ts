import {
  booleanOption,
  choiceOption,
  listOption,
  secondsOption,
  textOption,
  wholeNumberOption,
} from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { namesOption } from '../names-option.ts';
import { quotaOptions } from '../quota-options.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults } from '../sink.ts';

export const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

export const OPTIONS = z.object({
  brokers: listOption({ default: [] }).describe('Brokers as HOST:PORT, repeated or separated by commas; at least one'),
  timeseriestopic: textOption({ default: 'heapster-metrics' }).describe('Topic of the values'),
  eventstopic: textOption({}).describe("Of Heapster's eventer, without effect: events are not collected"),
  compression: choiceOption(['none', 'gzip', 'snappy', 'lz4'], { default: 'none' }).describe(
    'Of record batches; `lz4` is not in this build and stops the start',
  ),
  user: textOption({}).describe('User for SASL'),
  password: textOption({ secret: true }).describe('Password of the user'),
  sasl_mechanism: choiceOption(['plain', 'scram-sha-256', 'scram-sha-512'], { default: 'plain' }).describe(
    'How user and password are proved',
  ),
  ssl: booleanOption(undefined).describe('`true` asks by TLS; so does each of the next three'),
  cacert: textOption({}).describe('Path of a PEM file with the authorities to trust'),
  cert: textOption({}).describe('Path of a PEM file with the certificate to show'),
  key: textOption({}).describe('Path of a PEM file with the key of the certificate'),
  insecuressl: booleanOption(false).describe('`true` takes any certificate; said at every start'),
  cluster_name: textOption({}).describe("Label `cluster_name`; else the cluster's configured name"),
  delivery: choiceOption(['at-least-once', 'at-most-once'], { default: 'at-least-once' }).describe(
    'After a failure that leaves open whether messages were stored: `at-least-once` sends them again (a copy has the same key and time), `at-most-once` does not',
  ),
  idempotent: booleanOption(true).describe(
    '`true` numbers messages, so that a try of the producer itself is never there twice; brokers before 3.0 need the right IdempotentWrite for it',
  ),
  names: namesOption(),
  concurrency: wholeNumberOption({ default: 4, min: 1, max: 64 }).describe('Most requests at once'),
  request_timeout_sec: secondsOption({ default: 10, min: 1, max: 300 }).describe(
    'Longest time for one request; never beyond the export timeout',
  ),
  ...selectionOptions(DEFAULTS),
  ...quotaOptions(),
});

export type KafkaOptions = z.output<typeof OPTIONS>;

/** Problems of the options together. */
export function checkOptions(options: KafkaOptions): readonly string[] {
  const problems: string[] = [];
  const { brokers, user, password, cert, key, compression, ssl, timeseriestopic } = options;
  if (brokers.length === 0) problems.push('needs brokers=HOST:PORT, at least one');
  for (const broker of brokers) {
    if (!/^(\[[\da-f:]+\]|[^\s:/@]+):\d{1,5}$/i.test(broker)) problems.push('brokers must be HOST:PORT');
  }
  if (!/^[\w.-]{1,249}$/.test(timeseriestopic)) problems.push('timeseriestopic must be the name of a topic');
  if ((user === undefined) !== (password === undefined)) problems.push('user and password must be given together');
  if ((cert === undefined) !== (key === undefined)) problems.push('cert and key must be given together');
  if (compression === 'lz4') problems.push('compression=lz4 is not in this build; use gzip or snappy');
  if (ssl === false && usesTls({ ...options, ssl: undefined }))
    problems.push('ssl=false contradicts cacert, cert or insecuressl');
  return problems;
}

/** True if brokers are asked by TLS. */
export function usesTls({ ssl, cacert, cert, insecuressl }: KafkaOptions): boolean {
  return ssl === true || cacert !== undefined || cert !== undefined || insecuressl;
}
