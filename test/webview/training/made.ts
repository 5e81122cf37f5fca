// Numbers of a training run, the same for the same scene. Runs in the browser: no imports from Node.
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import { Random } from '../../../src/shared/random.ts';
import type { Checkpoint, Drift, Probe, ProbeFrames, Reading, TrainingLog, WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { borderArea, borderWidth } from '../../../src/shared/trainingProtocol.ts';
import type { TrainingScene } from './scene.ts';

export function checkpointsOf({ checkpoints, read }: TrainingScene): Checkpoint[] {
  return Array.from({ length: checkpoints }, (_, i) => {
    const name = `epoch_${String(i + 1).padStart(2, '0')}`;
    const reading: Reading = { state: i < read ? 'done' : 'waiting' };
    const path = `/work/runs/a/${name}/model.json`;
    const known = { id: path, name, at: i + 1, path, modified: 1_790_000_000_000 + i * 60_000, bytes: 5e6 };
    return { ...known, reading, version: i < read ? versionOf(i) : undefined, pinned: false, gone: false };
  });
}

export function versionOf(checkpoint: number): string {
  return `version-${checkpoint}`;
}

export function probesOf({ probes, classes }: TrainingScene): Probe[] {
  return Array.from({ length: probes }, (_, i) => {
    const name = `${classes[i % classes.length]}-${i}.png`;
    return { path: `/work/images/${classes[i % classes.length]}/${name}`, name, pinned: i < 2 };
  });
}

/** Accuracy rises over the run; a map moves from all over to the object, or to the border where the network cheats. */
export function framesOf(scene: TrainingScene, checkpoint: number): ProbeFrames {
  const { classes, cheats, masked, checkpoints, side, unscored, unknown, broken } = scene;
  const probes = probesOf(scene);
  const n = probes.length;
  const progress = checkpoints > 1 ? checkpoint / (checkpoints - 1) : 1;
  const [truth, predicted] = [new Int32Array(n), new Int32Array(n)];
  const numbers = () => new Float32Array(n).fill(Number.NaN);
  const [confidence, trueProbability, borderShare, objectShare, objectArea] = [numbers(), numbers(), numbers(), numbers(), numbers()];
  const [borderPeak, objectPeak] = [new Uint8Array(n), new Uint8Array(n)];
  const maps = new Float32Array(n * side * side);
  const errors: { row: number; error: ErrorRecord }[] = [];
  for (let row = 0; row < n; row++) {
    const random = Random.seeded(row * 1000 + checkpoint);
    const isBroken = row < n - unknown && row >= n - unknown - broken;
    if (isBroken) {
      [truth[row], predicted[row]] = [-1, -1];
      maps.fill(Number.NaN, row * side * side, (row + 1) * side * side);
      errors.push({ row, error: { code: 'file-corrupt', message: `${probes[row]!.name} is no picture.`, hint: 'Remove it.' } });
      continue;
    }
    truth[row] = row % classes.length;
    const wrong = random.uniform() > 0.35 + 0.6 * progress;
    predicted[row] = wrong ? (row + 1) % classes.length : truth[row]!;
    confidence[row] = 0.4 + 0.55 * progress * random.uniform();
    trueProbability[row] = wrong ? (1 - confidence[row]!) * random.uniform() : confidence[row]!;
    const [cx, cy] = cheats ? [side - 1, side - 1] : [((3 + (row % 2)) * side) / 8, (3.5 * side) / 8];
    let [sum, border, best, peak] = [0, 0, -1, 0];
    for (let cell = 0; cell < side * side; cell++) {
      const [x, y] = [cell % side, Math.floor(cell / side)];
      const value = progress * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (5 * (side / 8) ** 2)) + (1 - progress) * 0.5 * random.uniform();
      maps[row * side * side + cell] = value;
      const isBorder = Math.min(x, y, side - 1 - x, side - 1 - y) < borderWidth * side;
      sum += value;
      if (isBorder) border += value;
      if (value > best) [best, peak] = [value, Number(isBorder)];
    }
    borderShare[row] = border / sum;
    borderPeak[row] = peak;
    if (row >= n - unknown) [truth[row], trueProbability[row]] = [-1, Number.NaN];
    if (unscored) [truth[row], trueProbability[row], confidence[row]] = [-1, Number.NaN, Number.NaN];
    if (row >= masked) continue;
    objectArea[row] = 1 - borderArea;
    objectShare[row] = 1 - border / sum;
    objectPeak[row] = 1 - peak;
  }
  return {
    ...{ version: versionOf(checkpoint), images: probes.map(({ path }) => path), classes, scored: !unscored },
    ...{ truth, predicted, explained: predicted, confidence, trueProbability },
    map: { method: 'grad-cam', variant: 'default', layer: 'conv5', relu: true, signed: true, unit: 'Σ w·A, logit' },
    ...{ height: side, width: side, maps, borderShare, borderPeak, objectShare, objectArea, objectPeak, errors, ms: 300 },
  };
}

export function wholeOf(scene: TrainingScene, checkpoint: number): WholeSet {
  const { classes, images: n, checkpoints } = scene;
  const progress = checkpoints > 1 ? checkpoint / (checkpoints - 1) : 1;
  const [labels, predicted, confidence] = [new Int32Array(n), new Int32Array(n), new Float32Array(n)];
  const positions = new Float32Array(2 * n);
  let right = 0;
  for (let row = 0; row < n; row++) {
    const [still, moving] = [Random.seeded(row + 1), Random.seeded(row * 1000 + checkpoint)];
    labels[row] = row % classes.length;
    predicted[row] = moving.uniform() < 0.3 + 0.65 * progress ? labels[row]! : (row * 7 + checkpoint) % classes.length;
    confidence[row] = 0.5 + 0.5 * moving.uniform();
    if (predicted[row] === labels[row]) right++;
    const angle = (labels[row]! / classes.length) * 2 * Math.PI;
    const spread = 12 - 9 * progress;
    positions[2 * row] = 20 * progress * Math.cos(angle) + spread * (still.uniform() - 0.5) * 2;
    positions[2 * row + 1] = 20 * progress * Math.sin(angle) + spread * (still.uniform() - 0.5) * 2;
  }
  const drift = checkpoint === 0 ? undefined : driftOf(scene, checkpoint - 1, checkpoint);
  return {
    ...{
      version: versionOf(checkpoint),
      images: Array.from({ length: n }, (_, i) => `/work/images/${classes[i % classes.length]}/${i}.png`),
    },
    ...{ classes, modelClasses: classes.length, labels, predicted, confidence, accuracy: right / n, loss: 2 - 1.8 * progress },
    dead: layers.map((layer, i) => ({ layer, units: 32, dead: Math.round(i * 2 * progress) })),
    ...{ layer: 'global_average_pooling2d', positions, alignedTo: checkpoint === 0 ? undefined : versionOf(checkpoint - 1) },
    ...{ kl: 0.9, klFree: checkpoint === 0 ? Number.NaN : 0.86, drift, ms: 900 },
  };
}

const layers = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'];

/** It moves less and less, later layers more than early ones, and more over more checkpoints. */
export function driftOf({ checkpoints, images }: TrainingScene, from: number, to: number): Drift {
  const progress = checkpoints > 1 ? to / (checkpoints - 1) : 1;
  return {
    ...{ from: versionOf(from), to: versionOf(to), overlap: (0.3 + 0.6 * progress) / Math.max(1, to - from), images },
    cka: layers.map((layer, i) => ({ layer, value: 1 - (1 - progress) * 0.15 * (i + 1) })),
  };
}

export function logsOf({ checkpoints, logs }: TrainingScene): TrainingLog[] {
  if (!logs) return [];
  const x = Float64Array.from({ length: checkpoints }, (_, i) => i + 1);
  const curve = (name: string, of: (t: number) => number) => ({ name, x, y: x.map((epoch) => of(epoch / checkpoints)), time: undefined });
  const series = [
    curve('loss', (t) => 1.8 * Math.exp(-3 * t)),
    curve('val_loss', (t) => 1.9 * Math.exp(-2 * t) + 0.1),
    curve('accuracy', (t) => 1 - 0.8 * Math.exp(-4 * t)),
    curve('val_accuracy', (t) => 0.95 - 0.8 * Math.exp(-3 * t)),
  ];
  return [{ file: '/work/runs/a/history.csv', kind: 'csv', modified: 0, axis: 'epoch', series, warnings: [] }];
}

/** A picture of its own for each image. */
export function pictureOf(path: string) {
  const [width, height] = [64, 64];
  const hue = [...path].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 255, 7);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const isObject = Math.hypot((i % width) - 30, Math.floor(i / width) - 30) < 14;
    data.set(isObject ? [hue, 255 - hue, 120] : [90 + ((i * 7) % 23), 96, 104], i * 3);
  }
  return { width, height, data };
}
