import type { LayerClass } from '../layer.ts';

/** At inference these pass their input on: no node is written, the layer's value is its input's. */
const names = [
  'Dropout',
  'SpatialDropout2D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
  'Identity',
  'StochasticDepth',
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
  'RandomShear',
  'RandomSharpness',
  'RandomSaturation',
  'RandomHue',
  'RandomGrayscale',
  'RandomColorJitter',
  'RandomErasing',
];

export const identityClasses: Readonly<Record<string, LayerClass>> = Object.fromEntries(
  // Generators of random numbers keep their state as a weight.
  names.map((name): [string, LayerClass] => [
    name,
    { weights: () => [{ name: 'seed_generator_state', aliases: ['seed', 'state'], optional: true }], emit: (layer) => layer.input },
  ]),
);
