import { borderArea, borderWidth, type ProbeFrames } from './trainingProtocol.ts';

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
  /** Part of the probes whose hottest point lies on the border, and not on the object where a mask tells; off the object. */
  peaks: number;
  /** The first of the checkpoints in a row that show it, its id. */
  since: string;
}

/**
 * So many probes of a class say something: three quarters of the area are border, and of 3 hottest points all lie there by chance often enough. Off
 * the object lies more of it. Fewer do where their hottest points are in one place, as a stamp in a corner has them.
 * Chosen on random sets of probes of the sample's two runs (test/engine/training/alarms.test.ts): with 3 anywhere, the sound run raised an alarm in
 * 4 of 100 sets of 3 pictures a class; as it is, in none of 3,000.
 */
const enough = { border: 5, object: 6 };
const enoughInOnePlace = 3;
/** One place: so far apart at most, in sides of the picture. */
const place = 0.1;
/**
 * Cells of a side from which on a map tells the border from the middle: there they are narrower than the border is wide. At 4 × 4 its ring is
 * one cell, in which what honest networks look at lies as well. Last layers of sound plain CNNs, random sets of 24 probes of 4 classes: two of
 * three raised the alarm at 4 × 4 (CIFAR-10; one of fifty at the layer before, 8 × 8), all at 3 × 3 (MNIST).
 */
const fewestCells = Math.floor(1 / borderWidth) + 1;
/** Part of the hottest points. */
const most = 0.9;
/** Mean probability of the predictions from which on they mean something: the maps of a network that is not sure of anything lie anywhere. */
const sure = 0.5;
/** An alarm that is raised stays with so much less of the evidence: it does not come and go with noise. */
const less = 0.9;

interface Sign extends Omit<Alarm, 'since'> {
  /** Raises an alarm; else it is enough for one that is raised to stay. */
  strong: boolean;
}

/**
 * What each checkpoint gives reason to suspect, by its id: enough probes are called a class, surely, the hottest point of nearly all of them lies on
 * the border (off the object), and more of the evidence lies there than of an even map, at this checkpoint and the one before. Maps too coarse to
 * have a border raise none about it. Only maps that explain the predicted class count: where the true one is explained, those of probes that are
 * right.
 * @param read in order of the run
 */
export function alarms(read: readonly { checkpoint: string; frames: ProbeFrames }[]): ReadonlyMap<string, readonly Alarm[]> {
  let signs: readonly Sign[] = [];
  let raised: readonly Alarm[] = [];
  let last = '';
  return new Map(
    read.map(({ checkpoint, frames }) => {
      const [signsBefore, raisedBefore, before] = [signs, raised, last];
      signs = signsOf(frames);
      raised = signs.flatMap(({ strong, ...sign }) => {
        const since = find(raisedBefore, sign)?.since ?? (strong && find(signsBefore, sign)?.strong ? before : undefined);
        return since === undefined ? [] : [{ ...sign, since }];
      });
      last = checkpoint;
      return [checkpoint, raised];
    }),
  );
}

function find<T extends Pick<Alarm, 'kind' | 'label'>>(all: readonly T[], { kind, label }: Pick<Alarm, 'kind' | 'label'>): T | undefined {
  return all.find((each) => each.kind === kind && each.label === label);
}

function signsOf(frames: ProbeFrames): Sign[] {
  const { classes, predicted, explained, scored } = frames;
  if (!scored) return [];
  return [...new Set(predicted)]
    .filter((index) => index >= 0)
    .flatMap((index) => {
      const rows = Array.from(predicted.keys()).filter((row) => predicted[row] === index && explained[row] === index);
      const own = { class: index, label: classes[index] as string };
      return [border(frames, rows), object(frames, rows)].flatMap((sign) => (sign ? [{ ...sign, ...own }] : []));
    });
}

/** Whether maps of so many cells raise no alarm about the border. */
export function isTooCoarse({ height, width }: Pick<ProbeFrames, 'height' | 'width'>): boolean {
  return Math.min(height, width) < fewestCells;
}

type Measured = Omit<Sign, 'class' | 'label'>;

function border(frames: ProbeFrames, rows: readonly number[]): Measured | undefined {
  const { borderShare, borderPeak, objectShare, objectPeak, height, width } = frames;
  if (isTooCoarse({ height, width })) return undefined;
  const seen = rows.filter((row) => !Number.isNaN(borderShare[row]));
  const share = mean(seen, borderShare);
  // What lies on an object at the edge of its picture is no shortcut.
  const isOnObject = (row: number) => !Number.isNaN(objectShare[row]) && objectPeak[row] === 1;
  const peaks = seen.filter((row) => borderPeak[row] === 1 && !isOnObject(row)).length / seen.length;
  if (!saysSomething(frames, seen, enough.border) || peaks < most || share <= less * borderArea) return undefined;
  return { kind: 'border', probes: seen.length, share, peaks, strong: share > borderArea };
}

function object(frames: ProbeFrames, rows: readonly number[]): Measured | undefined {
  const { objectShare, objectArea, objectPeak } = frames;
  const seen = rows.filter((row) => !Number.isNaN(objectShare[row]));
  const share = mean(seen, objectShare);
  const area = mean(seen, objectArea);
  const peaks = 1 - mean(seen, objectPeak);
  if (!saysSomething(frames, seen, enough.object) || peaks < most || share >= area / less) return undefined;
  return { kind: 'object', probes: seen.length, share, peaks, strong: share < area };
}

function saysSomething(frames: ProbeFrames, rows: readonly number[], many: number): boolean {
  const isMany = rows.length >= many || (rows.length >= enoughInOnePlace && inOnePlace(frames, rows));
  return isMany && mean(rows, frames.confidence) >= sure;
}

/** Whether the hottest cells of the maps are. */
function inOnePlace({ maps, height, width }: ProbeFrames, rows: readonly number[]): boolean {
  const cells = rows.map((row) => {
    const map = maps.subarray(row * height * width, (row + 1) * height * width);
    return map.reduce((best, value, cell) => (value > (map[best] as number) ? cell : best), 0);
  });
  const spread = (at: readonly number[]) => Math.max(...at) - Math.min(...at);
  return (
    spread(cells.map((cell) => (cell % width) / width)) <= place && spread(cells.map((cell) => Math.floor(cell / width) / height)) <= place
  );
}

function mean(rows: readonly number[], values: ArrayLike<number>): number {
  return rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length;
}
