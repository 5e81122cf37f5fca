import type { Checkpoint } from '../../../shared/trainingProtocol.ts';

/** Shorter gaps come from copying, not from training, ms. */
const shortestGap = 1_000;
/** So many usual gaps without a checkpoint mean that a run has ended or stands still; never less than this, ms. */
const patience = 5;
const leastQuiet = 60_000;

/** How often a run writes checkpoints. */
export interface Rhythm {
  /** Median time between checkpoints, ms. */
  gap: number;
  /** When the last one was written, ms since 1970. */
  last: number;
  /** A run that is quiet for longer is stale, ms. */
  patience: number;
}

/** Undefined where too few checkpoints tell. */
export function rhythmOf(checkpoints: readonly Pick<Checkpoint, 'modified'>[]): Rhythm | undefined {
  const times = checkpoints.map(({ modified }) => modified).sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
  const real = gaps.filter((gap) => gap >= shortestGap).sort((a, b) => a - b);
  const gap = real[Math.floor(real.length / 2)];
  if (gap === undefined || real.length < 2) return undefined;
  return { gap, last: times.at(-1) as number, patience: Math.max(leastQuiet, patience * gap) };
}

/** `since`: a run that wrote nothing since then, ms since 1970, had ended before. */
export function isStale({ last, patience: most }: Rhythm, since: number, now: number): boolean {
  return last >= since && now - last > most;
}

/** `14 min`, `50 s`, `2.5 h`. */
export function duration(ms: number): string {
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}
