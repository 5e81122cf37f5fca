import type { BothSides, Probe, ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { accuracy, flips, moved } from '../../../src/shared/trainingReading.ts';

export type Change = 'wrong' | 'right' | 'none';

/** A probe under both checkpoints. */
export interface ProbeRow {
  path: string;
  name: string;
  /** It became wrong or right. */
  change: Change;
  /** Class names; undefined: not known. */
  truth: string | undefined;
  predicted: BothSides<string | undefined>;
  /** Whether each is right; undefined: nothing is known of it. */
  right: BothSides<boolean | undefined>;
  trueProbability: BothSides<number>;
  /** Rank correlation of the two maps; NaN where there is none. */
  correlation: number;
  /** Rows of the frames; −1: none. */
  at: BothSides<number>;
}

export interface Probes {
  /** What became wrong, then what became right, then what moved most. */
  rows: readonly ProbeRow[];
  /** Of those whose truth is known, under both; NaN where there are none. */
  accuracy: BothSides<number>;
  judged: number;
  right: BothSides<number>;
  becameWrong: number;
  becameRight: number;
}

let last: { of: readonly unknown[]; made: Probes } | undefined;

/** Worked out once for the same frames. `maps`: where the maps on show are read from. */
export function probesOf(
  probes: readonly Probe[],
  frames: BothSides<ProbeFrames | undefined>,
  maps: BothSides<ProbeFrames | undefined> = frames,
): Probes {
  const of = [probes, frames.from, frames.to, maps.from, maps.to];
  if (last?.of.every((each, i) => each === of[i])) return last.made;
  const made = compared(probes, frames, maps);
  last = { of, made };
  return made;
}

function compared(
  probes: readonly Probe[],
  { from, to }: BothSides<ProbeFrames | undefined>,
  maps: BothSides<ProbeFrames | undefined>,
): Probes {
  const both = from && to ? { from, to } : undefined;
  const { becameWrong = [], becameRight = [] } = both ? flips(both.from, both.to) : {};
  const correlations = maps.from && maps.to && moved(maps.from, maps.to);
  const rows = probes.map(({ path, name }): ProbeRow => {
    const at = { from: from?.images.indexOf(path) ?? -1, to: to?.images.indexOf(path) ?? -1 };
    const change = becameWrong.includes(at.to) ? 'wrong' : becameRight.includes(at.to) ? 'right' : 'none';
    return {
      ...{ path, name, at, change },
      truth: truthOf(to, at.to) ?? truthOf(from, at.from),
      predicted: { from: classOf(from, from?.predicted[at.from]), to: classOf(to, to?.predicted[at.to]) },
      right: { from: isRight(from, at.from), to: isRight(to, at.to) },
      trueProbability: { from: from?.trueProbability[at.from] ?? Number.NaN, to: to?.trueProbability[at.to] ?? Number.NaN },
      correlation: correlations?.[maps.to?.images.indexOf(path) ?? -1] ?? Number.NaN,
    };
  });
  const order = (row: ProbeRow) => {
    if (row.change === 'wrong') return becameWrong.indexOf(row.at.to);
    if (row.change === 'right') return probes.length + becameRight.indexOf(row.at.to);
    // What has no correlation comes last.
    return probes.length * 2 + (Number.isNaN(row.correlation) ? 2 : row.correlation);
  };
  const judged = rows.filter(({ right }) => right.from !== undefined && right.to !== undefined);
  return {
    rows: rows.filter(({ at }) => at.from >= 0 || at.to >= 0 || !(from || to)).sort((a, b) => order(a) - order(b)),
    accuracy: { from: from ? accuracy(from) : Number.NaN, to: to ? accuracy(to) : Number.NaN },
    judged: judged.length,
    right: { from: judged.filter(({ right }) => right.from).length, to: judged.filter(({ right }) => right.to).length },
    ...{ becameWrong: becameWrong.length, becameRight: becameRight.length },
  };
}

function classOf(frames: ProbeFrames | undefined, index: number | undefined): string | undefined {
  return index === undefined || index < 0 ? undefined : frames?.classes[index];
}

function truthOf(frames: ProbeFrames | undefined, row: number): string | undefined {
  return classOf(frames, frames?.truth[row]);
}

function isRight(frames: ProbeFrames | undefined, row: number): boolean | undefined {
  const [truth, predicted] = [frames?.truth[row] ?? -1, frames?.predicted[row] ?? -1];
  return frames?.scored && truth >= 0 && predicted >= 0 ? truth === predicted : undefined;
}
