import { ModelError } from '../../../../src/shared/errors.ts';
import type { ExplanationMap, MapRequest } from '../../../../src/shared/protocol.ts';
import type { RgbPixels } from '../../../../src/shared/unitsProtocol.ts';
import { noise } from '../../units/made.ts';
import { predictedOf, truthOf } from '../made.ts';
import type { SpaceScene } from '../scene.ts';
import type { Answers } from './answer.ts';

/** What is done with the images that are selected, and the maps of a contact sheet. */
export const selectionAnswers: Answers = {
  explainImages: () => {},
  revealImage: () => {},
  copyPaths: () => {},
  moveImages: ({ images }) => ({ moved: images.length, to: 'shapes/checked' }),
  savePicture: ({ name }) => ({ savedAs: `${name}.png` }),
  explain: async ({ image, request }, { scene, step }) => {
    await step(0);
    const row = rowIn(image);
    if (scene.unexplained?.includes(row))
      throw new ModelError('file-corrupt', `${image.split('/').at(-1)} ends in the middle of its pixels.`, { file: image });
    return { map: mapOf(scene, image, request), picture: pictureOf(scene, image) };
  },
};

function rowIn(path: string): number {
  return Number(/(\d+)\.jpg$/.exec(path)?.[1] ?? 0);
}

const side = 64;
const cells = 8;

/** Warm where the thing is, in the strength of the row. */
function mapOf(scene: SpaceScene, image: string, request: MapRequest): ExplanationMap {
  const index = request.class ?? predictedOf(scene, rowIn(image));
  const { x, y } = placeOf(image);
  const strength = 1 + 4 * noise(image, 'strength');
  const values = Float32Array.from({ length: cells * cells }, (_, i) => {
    const far = Math.hypot((i % cells) + 0.5 - x * cells, Math.floor(i / cells) + 0.5 - y * cells);
    return strength * Math.exp(-far * far * 0.25) - 0.1;
  });
  const method = scene.methods.find(({ id }) => id === request.method);
  if (!method) throw new ModelError('method', `There is no method ${request.method}.`);
  const label = (of: number) => ({ index: of, label: scene.labels[of] ?? '' });
  const { against } = request;
  return {
    method: method.id,
    variant: method.variants[0]?.id ?? '',
    layer: 'conv2d_2',
    class: label(index),
    against: against === undefined ? undefined : label(against),
    target: `logit of ${scene.labels[index]}${against === undefined ? '' : ` − logit of ${scene.labels[against]}`}`,
    height: cells,
    width: cells,
    values,
    min: Math.min(...values),
    max: Math.max(...values),
    relu: true,
    signed: true,
    unit: 'Σ w·A of the logit',
    flat: undefined,
    checks: [],
    params: {},
    engine: 'onnxruntime 1.30.0 (CPU)',
    ms: 80,
  };
}

/** Where the thing is, in shares of the picture. */
function placeOf(image: string): { x: number; y: number } {
  return { x: 0.3 + 0.4 * noise(image, 'x'), y: 0.3 + 0.4 * noise(image, 'y') };
}

function pictureOf(scene: SpaceScene, image: string): RgbPixels {
  const { x, y } = placeOf(image);
  const hue = (2 * Math.PI * truthOf(scene, rowIn(image))) / scene.labels.length;
  const data = new Uint8Array(3 * side * side);
  for (let i = 0; i < side * side; i++) {
    const far = Math.hypot((i % side) - side * x, Math.floor(i / side) - side * y);
    for (let c = 0; c < 3; c++)
      data[3 * i + c] = far < 11 ? 140 + 90 * Math.cos(hue - (2 * Math.PI * c) / 3) : 120 + Math.floor((40 * i) / (side * side));
  }
  return { width: side, height: side, data };
}
