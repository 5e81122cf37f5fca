// Runs in the browser. Pictures and numbers that are made up, the same every time.
import type { Placement, RgbPixels, UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import type { UnitsScene } from './scene.ts';

/** A repeatable number of any words, 0..1. */
export function noise(...words: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const char of words.join('|')) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** Where the thing in an image is, in shares of its size. */
export function thingIn(path: string): { x: number; y: number; radius: number } {
  return { x: 0.25 + 0.5 * noise(path, 'x'), y: 0.3 + 0.4 * noise(path, 'y'), radius: 0.12 + 0.14 * noise(path, 'r') };
}

/** What the network sees of an image: its photo, or a ball over a meadow. */
export function pictureOf({ input: [height, width], photos }: UnitsScene, path: string): RgbPixels {
  const photo = photos?.[path];
  if (photo !== undefined) return { width, height, data: Uint8Array.from(atob(photo), (c) => c.charCodeAt(0)) };
  const data = new Uint8Array(width * height * 3);
  const ball = thingIn(path);
  const hue = [noise(path, 'red'), noise(path, 'green'), noise(path, 'blue')].map((v) => 90 + 160 * v);
  for (let i = 0; i < width * height; i++) {
    const x = ((i % width) + 0.5) / width;
    const y = (Math.floor(i / width) + 0.5) / height;
    const far = Math.hypot(x - ball.x, y - ball.y) / ball.radius;
    const lit = Math.max(0.25, 1 - Math.hypot(x - ball.x + 0.05, y - ball.y + 0.06) / (1.6 * ball.radius));
    const ground = y > 0.62 ? [88, 116, 66] : [118 + 90 * y, 150 + 60 * y, 205];
    const grain = 14 * (noise(path, i) - 0.5);
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.max(0, Math.min(255, far < 1 ? (hue[c] ?? 0) * lit : (ground[c] ?? 0) + grain));
  }
  return { width, height, data };
}

/** Values of a unit, [layer.height·layer.width], as its activation function leaves them: some fire on the thing, some on edges of the ground, dead ones never. */
export function unitMapOf({ dead }: UnitsScene, layer: UnitLayer, unit: number, path: string): Float32Array {
  const { height, width, name, bounds } = layer;
  const values = new Float32Array(height * width);
  if (dead.includes(unit)) return values;
  const ball = thingIn(path);
  const strength = 0.3 + 9 * noise(name, unit, 'strength') ** 3 * (0.4 + 0.6 * noise(name, unit, path));
  const likes = noise(name, unit, 'likes');
  for (let i = 0; i < values.length; i++) {
    const x = ((i % width) + 0.5) / width;
    const y = (Math.floor(i / width) + 0.5) / height;
    const far = Math.hypot(x - ball.x, y - ball.y) / ball.radius;
    const thing = likes < 0.45 ? Math.exp(-far * far) : likes < 0.7 ? Math.exp(-((far - 1) ** 2) * 9) : Math.exp(-((y - 0.62) ** 2) * 60);
    const before = strength * (thing + 0.3 * noise(name, unit, path, i) - 0.25);
    values[i] = Math.min(bounds.high ?? Number.POSITIVE_INFINITY, Math.max(bounds.low ?? Number.NEGATIVE_INFINITY, before));
  }
  return values;
}

/** Centres of the cells of a layer, as a network with padding has them: evenly spaced, the first a little outside the corner's middle. */
export function placementOf({ input }: UnitsScene, { height, width, receptiveField }: UnitLayer, cells = { height, width }): Placement {
  const centres = (count: number, size: number, stride: number | undefined) => {
    const step = stride ?? size / count;
    return Float32Array.from({ length: count }, (_, i) => (size - 1) / 2 + (i - (count - 1) / 2) * step);
  };
  const stride = (axis: 0 | 1, full: number, count: number) => receptiveField && (receptiveField.stride[axis] * full) / count;
  return {
    rows: centres(cells.height, input[0], stride(0, height, cells.height)),
    columns: centres(cells.width, input[1], stride(1, width, cells.width)),
    even: receptiveField === undefined,
  };
}

export function layerOf(scene: UnitsScene, name: string): UnitLayer {
  const found = scene.layers.find((layer) => layer.name === name);
  if (!found) throw new Error(`There is no layer ${name}.`);
  return found;
}
