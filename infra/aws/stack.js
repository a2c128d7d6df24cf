// What serverless.yml asks of TypeScript; the framework loads files by this extension only.
export { environment, stack } from './stack.ts';
