import { ModelError } from '../../../../src/shared/errors.ts';
import { type UnitClasses, type UnitLayer, type UnitSummary, unitStates } from '../../../../src/shared/unitsProtocol.ts';
import { layerOf, noise, pictureOf, placementOf, unitMapOf } from '../made.ts';
import type { UnitsScene } from '../scene.ts';
import type { Answers } from './answer.ts';
import { countOf, imagesOf, unitsOf } from './patches.ts';

const bins = 32;

export const unitAnswers: Answers = {
  unitMaps: async ({ images, layer: name, unit }, { host, scene, progress, step }) => {
    const layer = layerOf(scene, name);
    const outcomes = [];
    for (const [index, path] of images.entries()) {
      await step(index / images.length);
      const image = host.image(path);
      const values = unitMapOf(scene, layer, unit, path);
      const { height, width } = layer;
      const placement = placementOf(scene, layer);
      const map = {
        image,
        picture: pictureOf(scene, path),
        input: scene.input,
        height,
        width,
        values,
        max: Math.max(...values),
        placement,
      };
      const outcome = scene.broken?.includes(path)
        ? { image, error: { code: 'file-corrupt' as const, message: `${image.name} is no image.`, file: path } }
        : { map };
      progress({ index, outcome });
      outcomes.push(outcome);
    }
    return outcomes;
  },
  unitSummary: ({ layer, unit, quantile }, { scene }) => summaryOf(scene, layerOf(scene, layer), unit, quantile),
  unitClasses: ({ layer, unit }, { scene }) => classesOf(scene, layer, unit),
};

/** Counted over the maps of all collected images: exact, as the histogram's bins do not blur the threshold. */
export function summaryOf(scene: UnitsScene, layer: UnitLayer, unit: number, quantile: number): UnitSummary {
  const images = countOf(scene, layer.name);
  if (images === 0) throw new ModelError('method', `Nothing is collected at ${layer.name} yet.`, { hint: 'Collect it first.' });
  const values = imagesOf(scene)
    .slice(0, images)
    .flatMap(({ path }) => [...unitMapOf(scene, layer, unit, path)])
    .sort((a, b) => a - b);
  const max = values.at(-1) ?? 0;
  const counts = new Float64Array(bins);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value / (max || 1)) * bins))]!++;
  const threshold = values[Math.floor((1 - quantile) * (values.length - 1))] ?? 0;
  const units = unitsOf(scene, layer, quantile);
  return {
    layer: layer.name,
    unit,
    images,
    cells: values.length,
    min: values[0] ?? 0,
    max,
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    active: values.filter((value) => value > 0).length / values.length,
    saturation: units.saturation[unit] ?? 0,
    state: unitStates[units.state[unit] ?? 0] ?? 'active',
    quantile,
    threshold,
    above: values.filter((value) => value > threshold).length,
    thresholdError: max / bins / 2,
    histogram: { edges: Float32Array.from({ length: bins + 1 }, (_, i) => (max * i) / bins), counts },
  };
}

export function classesOf({ labels }: UnitsScene, layer: string, unit: number): UnitClasses {
  const classes = labels
    .map((label, index) => ({ index, label, value: noise(layer, unit, index, 'class') - 0.5 }))
    .sort((a, b) => b.value - a.value);
  return { kind: 'weight', about: 'The weight of the unit’s mean in each logit, exact: the last layer is linear.', classes, images: 0 };
}
