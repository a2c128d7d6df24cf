/**
 * `log:` writes every batch to standard output.
 *
 *     log:                          Heapster's form: metric sets in the order of their keys
 *     log:?format=json              one JSON line per row
 *     log:?levels=node&metrics=cpu/*
 *
 * There is no service behind it and no limit but our own: text is written in pieces of at most 64 KiB.
 */
import * as z from 'zod';
import { choiceOption } from '../../config/option-types.ts';
import { LEVELS } from '../../core/level.ts';
import { defineSink } from '../define-sink.ts';
import { selectionOptions } from '../selection.ts';
import type { SelectionDefaults, Sink, SinkLimits } from '../sink.ts';
import { encodeLog, type LogRequest } from './encode.ts';

const DEFAULTS: SelectionDefaults = { levels: LEVELS, metrics: ['*'] };

const OPTIONS = z.object({
  format: choiceOption(['heapster', 'json'], { default: 'heapster' }).describe(
    "`heapster` is the form of Heapster's log sink, `json` one JSON line per row",
  ),
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
      selection: { levels: options.levels, metrics: options.metrics },
      encode: (batch, reject) => encodeLog(batch, options.format, LIMITS, reject),
      async send(request) {
        try {
          context.write(request.text);
          return { status: 'delivered' };
        } catch (cause) {
          return { status: 'rejected', cause };
        }
      },
      close: async () => {},
    };
  },
});
