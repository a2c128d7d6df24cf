import { FARTHEST, OLDEST } from './limits.ts';

/** Why CloudWatch would not take a timestamp now, or undefined. */
export function outsideWindow(timestamp: number, now: number): string | undefined {
  if (now - timestamp > OLDEST) return 'CloudWatch takes no values older than two weeks';
  if (timestamp - now > FARTHEST) return 'CloudWatch takes no values more than two hours ahead; check the clock';
  return undefined;
}
