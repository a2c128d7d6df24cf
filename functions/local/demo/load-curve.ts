import type { Millis } from '../../../shared/core/units.ts';

/** How busy something is over time: a wave, and bursts at fixed intervals. Cores (or any unit per second). */
export interface LoadShape {
  readonly base: number;
  /** Part of the base by which the wave goes up and down, 0..1. */
  readonly wave: number;
  readonly wavePeriod: Millis;
  readonly burst: number;
  readonly burstPeriod: Millis;
  /** Part of the burst period that a burst takes, 0..1. */
  readonly burstShare: number;
}

/** A shape with its phase: both its value and its integral in closed form, so any time can be asked in any order. */
export interface LoadCurve {
  /** Integral from 0 to `at` (ms since the model's epoch, may be negative): unit × ms. Never decreases. */
  total(at: Millis): number;
}

const TURN = 2 * Math.PI;

/** `phase` in 0..1 shifts wave and bursts; `timeScale` shortens their periods. */
export function createLoadCurve(
  shape: LoadShape,
  options: { readonly phase: number; readonly timeScale: number },
): LoadCurve {
  const wavePeriod = shape.wavePeriod / options.timeScale;
  const burstPeriod = shape.burstPeriod / options.timeScale;
  const start = TURN * options.phase;
  const waveHeight = (shape.wave * wavePeriod) / TURN;
  const burstLength = shape.burstShare * burstPeriod;
  const burstShift = options.phase * burstPeriod;
  const bursts = (at: number): number => {
    const whole = Math.floor(at / burstPeriod);
    return whole * burstLength + Math.min(at - whole * burstPeriod, burstLength);
  };
  return {
    total: (at) =>
      shape.base * (at - waveHeight * (Math.cos((TURN * at) / wavePeriod + start) - Math.cos(start))) +
      shape.burst * (bursts(at + burstShift) - bursts(burstShift)),
  };
}
