import type { Visualisation, VisualiseProgress, VisualiseRequest } from '../../../src/shared/unitsProtocol.ts';
import type { Climb, Frame } from './state.ts';

/** More pictures on the way than this no hand tells apart on a slider. */
const mostFrames = 96;
const mostClimbs = 24;
/** Of the pictures of all climbs. */
const mostBytes = 96 << 20;

/** The same request gives the same picture: its seed is part of it. */
export function keyOf({ objective, method, params }: VisualiseRequest): string {
  const target =
    objective.kind === 'class' ? [objective.class, objective.over ?? 'logit'] : [objective.layer, objective.unit, objective.cells];
  return JSON.stringify([target, method, Object.entries(params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

export function withProgress(climb: Climb, { step, steps, value, secondsLeft, preview }: VisualiseProgress): Climb {
  return {
    ...climb,
    step,
    steps,
    secondsLeft,
    trace: [...climb.trace, { step, value }],
    frames: preview ? withFrame(climb.frames, { step, value, pixels: preview }) : climb.frames,
  };
}

/** What came out takes the place of the last picture on the way, which is the same. */
export function withResult({ frames }: Climb, result: Visualisation): Partial<Climb> {
  const steps = result.values.length;
  return { state: 'done', secondsLeft: undefined, step: steps, steps, result, frames: frames.filter(({ step }) => step < steps) };
}

/** When there are too many, the one whose neighbours are nearest to each other goes: they stay evenly spread. */
function withFrame(frames: readonly Frame[], frame: Frame): readonly Frame[] {
  const all = [...frames, frame];
  if (all.length <= mostFrames) return all;
  const step = (at: number) => all[at]?.step ?? 0;
  let spare = 1;
  for (let at = 2; at < all.length - 1; at++) if (step(at + 1) - step(at - 1) < step(spare + 1) - step(spare - 1)) spare = at;
  return all.toSpliced(spare, 1);
}

/** What there is room for: of older climbs first the frames go, then all of it. The one on the stage stays whole. */
export function withinBounds(climbs: readonly Climb[], shown: number | undefined): readonly Climb[] {
  let bytes = 0;
  let count = 0;
  const newestFirst = climbs.toReversed().flatMap((climb): Climb[] => {
    const mustStay = climb.id === shown || climb.state === 'running';
    if (++count > mostClimbs && !mustStay) return [];
    const own = bytesOf(climb);
    if (bytes + own <= mostBytes || mustStay) {
      bytes += own;
      return [climb];
    }
    // Of one that was stopped there is nothing but frames.
    const [last] = climb.frames.slice(-1);
    return [{ ...climb, frames: climb.result || !last ? [] : [last] }];
  });
  return newestFirst.reverse();
}

function bytesOf({ frames, result }: Climb): number {
  return frames.reduce((sum, frame) => sum + frame.pixels.data.byteLength, result?.pixels.data.byteLength ?? 0);
}
