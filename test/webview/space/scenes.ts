import { layoutMethods } from '../../../src/engine/space/layouts/index.ts';
import { methods } from '../methods.ts';
import type { SpaceScene } from './scene.ts';

export const classes = ['ball', 'cube', 'cone', 'ring', 'star', 'cross', 'drop', 'leaf', 'moon', 'wedge'];

/** Three hundred pictures of ten classes, all indexed. */
export function smallScene(patch: Partial<SpaceScene> = {}): SpaceScene {
  const images = patch.images ?? 300;
  return {
    subject: {
      restore: '{}',
      modelName: 'shapes-cnn',
      modelPath: 'models/shapes-cnn/model.json',
      candidates: [],
      dataset: { label: 'shapes', count: images, capped: false, labels: undefined },
    },
    labels: classes,
    activation: 'softmax',
    warnings: [],
    layers: [
      { name: 'conv2d_2', kind: 'Conv2D', dimensions: 64, averaged: [16, 16] },
      { name: 'global_average_pooling2d', kind: 'GlobalAveragePooling2D', dimensions: 64, averaged: undefined },
      { name: 'dense', kind: 'Dense', dimensions: 10, averaged: undefined },
    ],
    defaultLayer: 'global_average_pooling2d',
    layouts: layoutMethods.map(({ info }) => info),
    methods,
    images,
    indexed: images,
    unreadable: 0,
    labelSource: { kind: 'folders' },
    mistaken: 0.12,
    mislabelled: 0.02,
    rowWarnings: [],
    ...patch,
  };
}

/** No model is chosen. */
export function emptyScene(candidates: readonly string[]): SpaceScene {
  const scene = smallScene();
  return { ...scene, subject: { ...scene.subject, modelName: undefined, modelPath: undefined, candidates } };
}
