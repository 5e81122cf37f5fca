import type { Probe, ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { flipsSince, movedSince, pairOf, rowOf } from '../reading.ts';
import type { PageState } from '../state.ts';

/** Probes of the chosen class in the chosen order, at the slider's checkpoint. */
export function orderedProbes(state: PageState): readonly Probe[] {
  const probes = state.subject?.probes ?? [];
  const pair = pairOf(state);
  const shown = pair ? probes.filter(({ path }) => isOf(state.choices.only, pair.now, rowOf(pair.now, path))) : probes;
  if (state.held) {
    const places = new Map(state.held.map((path, i) => [path, i]));
    return by(shown, ({ path }) => places.get(path) ?? probes.length);
  }
  const weight = pair && weightOf(state, pair);
  return weight ? by(shown, ({ path }) => weight(rowOf(pair.now, path))) : shown;
}

export function orderedImages(state: PageState): string[] {
  return orderedProbes(state).map(({ path }) => path);
}

/** In ascending order; those without a number last, among equals as before. */
function by(probes: readonly Probe[], weight: (probe: Probe) => number): Probe[] {
  const key = (probe: Probe) => {
    const value = weight(probe);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  return [...probes].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? 0 : left - right;
  });
}

/** Rows of less weight come first. Undefined: the order of the data. */
function weightOf({ choices }: PageState, { now, was }: NonNullable<ReturnType<typeof pairOf>>): ((row: number) => number) | undefined {
  switch (choices.order) {
    case 'worst':
      return (row) => now.trueProbability[row] ?? Number.NaN;
    case 'moved': {
      const all = was && movedSince(was, now);
      return (row) => all?.[row] ?? Number.NaN;
    }
    case 'flipped': {
      const { becameWrong, becameRight } = was ? flipsSince(was, now) : { becameWrong: [], becameRight: [] };
      const places = new Map([...becameWrong, ...becameRight].map((row, i) => [row, i]));
      return (row) => places.get(row) ?? Number.NaN;
    }
    default:
      return undefined;
  }
}

/** `class:star`: of the class or taken for it; `called:star`: taken for it. */
function isOf(only: string | undefined, { classes, truth, predicted }: ProbeFrames, row: number): boolean {
  if (only === undefined) return true;
  const name = only.slice(only.indexOf(':') + 1);
  if (row >= 0 && classes[predicted[row] as number] === name) return true;
  return only.startsWith('class:') && row >= 0 && classes[truth[row] as number] === name;
}
