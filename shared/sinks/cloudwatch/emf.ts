/**
 * `cloudwatch:?mode=emf` writes lines of CloudWatch's embedded metric format to standard output. In a Lambda function they
 * are events of its log, of which CloudWatch Logs makes metrics: the same namespace, names and dimensions as with PutMetricData.
 *
 *     cloudwatch:?mode=emf&levels=cluster,node
 *     cloudwatch:?mode=emf&file=/var/log/heapless-metrics.log      for the CloudWatch agent, outside of Lambda
 *
 * Limits (limits.ts has the link): 100 metrics and 30 dimensions in a line, 100 numbers in a value, 250 KB. There is no
 * answer: what CloudWatch does not understand is counted in the account's AWS/Logs metrics EMFParsingErrors and
 * EMFValidationErrors alone, and AWS itself says that a value may be counted twice.
 */
import { appendFile } from 'node:fs/promises';
import type { ComponentUri, SinkSelection } from '../../config/config.ts';
import { readEnvironment } from '../../config/env.ts';
import { SinkError } from '../../core/errors.ts';
import type { Sink, SinkContext, SinkLimits } from '../sink.ts';
import { type EmfRequest, packLines } from './emf-request.ts';
import { encodeEmf } from './encode-emf.ts';
import type { CloudWatchSettings } from './settings.ts';
import { outsideWindow } from './window.ts';

/** Our own bounds: pieces between which the deadline is looked at. A line alone has at most 10,000 numbers. */
const LIMITS: SinkLimits = { maxPoints: 10_000, maxBytes: 1_000_000, concurrency: 1 };

export interface EmfParts {
  readonly uri: ComponentUri;
  readonly context: SinkContext;
  readonly settings: CloudWatchSettings;
  readonly selection: SinkSelection;
  readonly file: string | undefined;
}

/** Opens the sink; no SDK is loaded and no region asked for. */
export function openEmf({ uri, context, settings: given, selection, file }: EmfParts): Sink<EmfRequest> {
  const settings: CloudWatchSettings = { ...given, totals: 'value', maxValues: Number.POSITIVE_INFINITY };
  if (file === undefined && readEnvironment('AWS_LAMBDA_FUNCTION_NAME') === undefined) {
    context.notice({
      where: `sink ${uri.key}`,
      notice:
        'mode=emf writes its lines to the terminal, as this is no Lambda function: CloudWatch sees none of them. Set file= for the ' +
        'CloudWatch agent, or leave mode=emf out',
    });
  }
  return {
    name: uri.key,
    shown: uri.shown,
    limits: LIMITS,
    selection,
    encode: (batch, reject) => packLines(encodeEmf(batch, settings, reject), batch.timestamp, LIMITS),
    async send({ lines, timestamp }) {
      const late = outsideWindow(timestamp, context.clock.now());
      if (late !== undefined) return { status: 'rejected', cause: new SinkError(late, { code: 'sink_window' }) };
      try {
        // A line at a time, as those of the log: each is one event.
        if (file === undefined) for (const { text } of lines) context.write(text);
        else await appendFile(file, lines.map(({ text }) => text).join(''));
        return { status: 'delivered' };
      } catch (cause) {
        return { status: 'rejected', cause };
      }
    },
    async check() {
      try {
        if (file !== undefined) await appendFile(file, '');
        return {
          outcome: { status: 'delivered' },
          seen: `${file ?? 'standard output'} can be written`,
          unchecked:
            'whether CloudWatch makes metrics of it; its errors are EMFParsingErrors and EMFValidationErrors in AWS/Logs',
        };
      } catch (cause) {
        return { outcome: { status: 'rejected', cause }, seen: '' };
      }
    },
    close: async () => {},
  };
}
