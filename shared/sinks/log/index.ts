/**
 * `log:` writes every batch to the terminal (standard error locally, the function's log in a cloud) or to a file.
 *
 *     log:                          Heapster's form: metric sets in the order of their keys
 *     log:?format=json              one JSON line per row
 *     log:?levels=node&metrics=cpu/*
 *     log:?file=/var/log/metrics    appends to a file
 *
 * There is no service behind it and no limit but our own: text is written in pieces of at most 64 KiB.
 */
import { appendFile } from 'node:fs/promises';
import { choiceOption, textOption } from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import * as z from '../../core/zod.ts';
import { defineSink } from '../define-sink.ts';
import { selectionOptions, toSelection } from '../selection.ts';
import type { SelectionDefaults, Sink, SinkLimits } from '../sink.ts';
import { encodeLog, type LogRequest } from './encode.ts';

const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const OPTIONS = z.object({
  format: choiceOption(['heapster', 'json'], { default: 'heapster' }).describe(
    "`heapster` is the form of Heapster's log sink, `json` one JSON line per row",
  ),
  file: textOption({}).describe('Path of a file to append to, in place of the terminal'),
  ...selectionOptions(DEFAULTS),
});

const LIMITS: SinkLimits = { maxPoints: 10_000, maxBytes: 65_536, concurrency: 1 };

export default defineSink({
  key: 'log',
  options: OPTIONS,
  defaults: DEFAULTS,
  async create(options, uri, context): Promise<Sink<LogRequest>> {
    return {
      name: uri.key,
      shown: uri.shown,
      limits: LIMITS,
      selection: toSelection(options),
      encode: (batch, reject) => encodeLog(batch, options.format, LIMITS, reject),
      async send(request) {
        try {
          if (options.file === undefined) context.write(request.text);
          else await appendFile(options.file, request.text);
          return { status: 'delivered' };
        } catch (cause) {
          return { status: 'rejected', cause };
        }
      },
      async check() {
        const { file } = options;
        try {
          if (file !== undefined) await appendFile(file, '');
          return { outcome: { status: 'delivered' }, seen: `${file ?? 'the terminal'} can be written` };
        } catch (cause) {
          return { outcome: { status: 'rejected', cause }, seen: '' };
        }
      },
      close: async () => {},
    };
  },
});
