/**
 * zod's small variant, set up for all that is checked here: messages in English, and no code made for a schema, which costs more than
 * it saves where a schema is used once.
 */
import { en } from 'zod/locales';
import { config } from 'zod/mini';

config({ ...en(), jitless: true });

export * from 'zod/mini';
