// Runs in the browser. Images, features and predictions that are made up, the same every time.
import type { FeatureLayer, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { noise } from '../units/made.ts';
import type { SpaceScene } from './scene.ts';

/** The class that an image is of in truth. */
export function truthOf({ labels }: SpaceScene, row: number): number {
  return Math.floor(noise('truth', row) * labels.length);
}

/** Its label: now and then a wrong one. */
export function labelOf(scene: SpaceScene, row: number): number {
  if (scene.labelSource.kind === 'none') return -1;
  const truth = truthOf(scene, row);
  return noise('mislabelled', row) < scene.mislabelled ? (truth + 1) % scene.labels.length : truth;
}

/** What the network says: classes next to one another are confused. */
export function predictedOf(scene: SpaceScene, row: number): number {
  const truth = truthOf(scene, row);
  if (noise('mistaken', row) >= scene.mistaken) return truth;
  const by = noise('by', row) < 0.7 ? 1 : 3;
  return (truth + by) % scene.labels.length;
}

export function pathOf(scene: SpaceScene, row: number): string {
  const label = scene.labels[labelOf(scene, row)] ?? 'all';
  return `/ws/shapes/${label}/${label}-${String(row).padStart(5, '0')}.jpg`;
}

export function rowsOf(scene: SpaceScene, layer: FeatureLayer, count: number): SpaceRows {
  const rows = Array.from({ length: count }, (_, row) => row);
  const predicted = Int32Array.from(rows, (row) => predictedOf(scene, row));
  const labels = Int32Array.from(rows, (row) => labelOf(scene, row));
  const confidence = Float32Array.from(rows, (row) => 0.35 + 0.65 * Math.sqrt(noise('confidence', row)));
  const hasClasses = scene.activation !== 'none';
  return {
    revision: `${layer.name} ${count}`,
    layer,
    count,
    paths: rows.map((row) => pathOf(scene, row)),
    classes: scene.labels,
    modelClasses: hasClasses ? scene.labels.length : 0,
    labels,
    labelSource: scene.labelSource,
    predicted: hasClasses ? predicted : new Int32Array(count).fill(-1),
    confidence: hasClasses ? confidence : new Float32Array(count).fill(Number.NaN),
    margin: confidence.map((p, row) => (hasClasses ? p - (1 - p) * noise('margin', row) : Number.NaN)),
    trueProbability: confidence.map((p, row) =>
      !hasClasses || (labels[row] as number) < 0 ? Number.NaN : labels[row] === predicted[row] ? p : (1 - p) * noise('true', row),
    ),
    folder: labels.map((label) => Math.max(0, label)),
    folders: scene.labelSource.kind === 'none' ? [''] : scene.labels,
    warnings: scene.rowWarnings,
  };
}

/** Where a point ends up: classes in a ring of groups, a mistaken one between two. */
export function placeOf(scene: SpaceScene, row: number): readonly [number, number] {
  const truth = truthOf(scene, row);
  const predicted = predictedOf(scene, row);
  const turn = (2 * Math.PI) / scene.labels.length;
  const angle = turn * (predicted === truth ? truth : truth + 0.5 + noise('between', row) * 0.3);
  const spread = 6 * Math.sqrt(-2 * Math.log(1 - 0.999 * noise('r', row)));
  const way = 2 * Math.PI * noise('a', row);
  return [40 * Math.cos(angle) + spread * Math.cos(way), 40 * Math.sin(angle) + spread * Math.sin(way)];
}

const pictures = new Map<string, Promise<Uint8Array>>();

/** A small picture in the class's colour, a JPEG as the engine makes them. */
export function thumbnailOf(scene: SpaceScene, path: string): Promise<Uint8Array> {
  const known = pictures.get(path);
  if (known) return known;
  const made = draw(scene, path);
  pictures.set(path, made);
  return made;
}

async function draw(scene: SpaceScene, path: string): Promise<Uint8Array> {
  const side = 64;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is no canvas.');
  const truth = truthOf(scene, Number(/(\d+)\.jpg$/.exec(path)?.[1] ?? 0));
  const sky = context.createLinearGradient(0, 0, 0, side);
  sky.addColorStop(0, '#b7c7d6');
  sky.addColorStop(1, '#75806b');
  context.fillStyle = sky;
  context.fillRect(0, 0, side, side);
  context.fillStyle = `hsl(${(360 * truth) / scene.labels.length} 65% 55%)`;
  context.beginPath();
  const [x, y, r] = [18 + 28 * noise(path, 'x'), 20 + 26 * noise(path, 'y'), 9 + 9 * noise(path, 'r')];
  const corners = 3 + truth;
  for (let i = 0; i <= corners; i++)
    context.lineTo(x + r * Math.cos((2 * Math.PI * i) / corners), y + r * Math.sin((2 * Math.PI * i) / corners));
  context.fill();
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  return new Uint8Array(await blob.arrayBuffer());
}
