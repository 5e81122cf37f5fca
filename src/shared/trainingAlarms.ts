import { borderArea, type ProbeFrames } from './trainingProtocol.ts';

/** A sign that a class is recognised by something that is not the object. */
export interface Alarm {
  /** `border`: the hottest points lie on the border of the picture. `object`: they lie off the object. */
  kind: 'border' | 'object';
  /** Class that is predicted, an index into `classes`, and its name. */
  class: number;
  label: string;
  /** Probes that are called so. */
  probes: number;
  /** Mean share of the positive evidence on the border; on the object. */
  share: number;
  /** Part of the probes whose hottest point lies on the border; off the object. */
  peaks: number;
  /** The first of the checkpoints in a row that show it, its id. */
  since: string;
}

/** Fewer probes of a class say nothing. */
const fewest = 3;
const most = 0.9;

/**
 * What each checkpoint gives reason to suspect, by its id: at least 3 probes are called a class, the hottest point of nearly all of them
 * lies on the border (off the object), and more of the evidence lies there than of an even map, at this checkpoint and the one before.
 * @param read in order of the run
 */
export function alarms(read: readonly { checkpoint: string; frames: ProbeFrames }[]): ReadonlyMap<string, readonly Alarm[]> {
  let before: readonly Alarm[] = [];
  return new Map(
    read.map(({ checkpoint, frames }) => {
      const signs = signsOf(frames, checkpoint).map((sign) => ({ ...sign, since: same(before, sign)?.since ?? checkpoint }));
      const confirmed = signs.filter(({ since }) => since !== checkpoint);
      before = signs;
      return [checkpoint, confirmed];
    }),
  );
}

function same(all: readonly Alarm[], { kind, label }: Alarm): Alarm | undefined {
  return all.find((each) => each.kind === kind && each.label === label);
}

function signsOf(frames: ProbeFrames, since: string): Alarm[] {
  const { classes, predicted } = frames;
  return classes.flatMap((label, index) => {
    const rows = Array.from(predicted.keys()).filter((row) => predicted[row] === index);
    return [border(frames, rows), object(frames, rows)].flatMap((sign) => (sign ? [{ ...sign, class: index, label, since }] : []));
  });
}

type Sign = Pick<Alarm, 'kind' | 'probes' | 'share' | 'peaks'>;

function border({ borderShare, borderPeak }: ProbeFrames, rows: readonly number[]): Sign | undefined {
  const seen = rows.filter((row) => !Number.isNaN(borderShare[row]));
  const share = mean(seen.map((row) => borderShare[row] as number));
  const peaks = mean(seen.map((row) => borderPeak[row] as number));
  if (seen.length < fewest || peaks < most || !(share > borderArea)) return undefined;
  return { kind: 'border', probes: seen.length, share, peaks };
}

function object({ objectShare, objectArea, objectPeak }: ProbeFrames, rows: readonly number[]): Sign | undefined {
  const seen = rows.filter((row) => !Number.isNaN(objectShare[row]));
  const share = mean(seen.map((row) => objectShare[row] as number));
  const peaks = 1 - mean(seen.map((row) => objectPeak[row] as number));
  if (seen.length < fewest || peaks < most || !(share < mean(seen.map((row) => objectArea[row] as number)))) return undefined;
  return { kind: 'object', probes: seen.length, share, peaks };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
