/** What can be counted: rows of an index, or what a checkpoint says of a data set. */
export interface Judged {
  /** Names, those of the model first: `modelClasses` of them. */
  classes: readonly string[];
  modelClasses: number;
  /** [images]: index into `classes`; −1: none. */
  labels: Int32Array;
  predicted: Int32Array;
}

/** Which classes are taken for which, counted over the images that have both a label and a prediction. */
export interface Confusion {
  /** Names of classes, those of the model first: `modelClasses` of them. */
  classes: number;
  modelClasses: number;
  /** label · classes + predicted → images; only what occurs: thousands of classes leave most cells empty. */
  counts: ReadonlyMap<number, number>;
  /** [classes]: images with that label. */
  labelled: Int32Array;
  /** [classes]: images predicted so, and rightly so, among those that can be judged. */
  predicted: Int32Array;
  hits: Int32Array;
  /** Images that are right or wrong; the wrong ones. */
  judged: number;
  wrong: number;
  /** Images whose label the model has no class for: neither right nor wrong. */
  foreign: number;
}

/** A cell of the confusion matrix. */
export interface Pair {
  label: number;
  predicted: number;
  count: number;
}

const known = new WeakMap<Judged, Confusion>();

/** Counted once for the same rows. */
export function confusionOf(rows: Judged): Confusion {
  const before = known.get(rows);
  if (before) return before;
  const confusion = counted(rows);
  known.set(rows, confusion);
  return confusion;
}

function counted(rows: Judged): Confusion {
  const { modelClasses } = rows;
  const count = rows.labels.length;
  const classes = rows.classes.length;
  const counts = new Map<number, number>();
  const [labelled, predicted, hits] = [new Int32Array(classes), new Int32Array(classes), new Int32Array(classes)];
  let [judged, wrong, foreign] = [0, 0, 0];
  for (let row = 0; row < count; row++) {
    const [label, said] = [rows.labels[row] as number, rows.predicted[row] as number];
    if (label < 0 || said < 0) continue;
    const key = label * classes + said;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    add(labelled, label);
    if (label >= modelClasses) {
      foreign++;
      continue;
    }
    judged++;
    add(predicted, said);
    if (label === said) add(hits, label);
    else wrong++;
  }
  return { classes, modelClasses, counts, labelled, predicted, hits, judged, wrong, foreign };
}

function add(to: Int32Array, at: number): void {
  to[at] = (to[at] as number) + 1;
}

export function countOf({ counts, classes }: Confusion, label: number, predicted: number): number {
  return counts.get(label * classes + predicted) ?? 0;
}

/** Share of a class's images that are seen as another one or as it; NaN where it has none. */
export function rowShare(confusion: Confusion, label: number, predicted: number): number {
  return countOf(confusion, label, predicted) / (confusion.labelled[label] ?? 0);
}

/** Share of the images of a class that are recognised; NaN where there are none. */
export function recallOf({ hits, labelled }: Confusion, of: number): number {
  return (hits[of] ?? 0) / (labelled[of] ?? 0);
}

/** Share of the images seen as a class that are of it; NaN where there are none. */
export function precisionOf({ hits, predicted }: Confusion, of: number): number {
  return (hits[of] ?? 0) / (predicted[of] ?? 0);
}

export function accuracyOf({ judged, wrong }: Confusion): number {
  return (judged - wrong) / judged;
}

/** Mean of the recall over the model's classes that occur: each counts the same, however many images it has (macro average). */
export function meanRecall(confusion: Confusion): number {
  const { labelled, modelClasses } = confusion;
  let [sum, count] = [0, 0];
  for (let of = 0; of < modelClasses; of++) {
    if ((labelled[of] ?? 0) === 0) continue;
    sum += recallOf(confusion, of);
    count++;
  }
  return sum / count;
}

/** Every cell that some image is in. */
export function cellsOf({ counts, classes }: Confusion): readonly Pair[] {
  return [...counts].map(([key, count]) => ({ label: Math.floor(key / classes), predicted: key % classes, count }));
}

const pairs = new WeakMap<Confusion, readonly Pair[]>();

/** Mistakes as pairs of classes: the most frequent first, among equals the one that takes more of its class. */
export function confusedPairs(confusion: Confusion): readonly Pair[] {
  const before = pairs.get(confusion);
  if (before) return before;
  const share = ({ label, count }: Pair) => count / (confusion.labelled[label] as number);
  const found = cellsOf(confusion)
    .filter(({ label, predicted }) => label !== predicted && label < confusion.modelClasses)
    .sort((a, b) => b.count - a.count || share(b) - share(a) || a.label - b.label || a.predicted - b.predicted);
  pairs.set(confusion, found);
  return found;
}

/** Mistakes that a class is part of: its images seen as others, and others seen as it. */
export function mistakesOf({ labelled, predicted, hits, modelClasses }: Confusion, of: number): number {
  const own = of < modelClasses ? (labelled[of] ?? 0) - (hits[of] ?? 0) : 0;
  return own + (predicted[of] ?? 0) - (hits[of] ?? 0);
}
