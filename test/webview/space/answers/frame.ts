import type { ModelInfo } from '../../../../src/shared/protocol.ts';
import { thumbnailOf } from '../made.ts';
import type { SpaceScene } from '../scene.ts';
import type { Answers } from './answer.ts';

/** Model, data set, index, and what the editor does. */
export const frameAnswers: Answers = {
  ready: (_, { host, scene }) => ({ subject: host.subject(), layouts: scene.layouts, methods: scene.methods }),
  featureLayers: (_, { scene }) => ({ model: modelOf(scene), layers: scene.layers, defaultLayer: scene.defaultLayer }),
  indexed: ({ layer }, { host, scene }) => ({
    state: { layer, images: scene.images, indexed: host.indexed, unreadable: scene.unreadable, bytes: 4000 * host.indexed },
    indexing: host.indexing,
  }),
  startIndexing: ({ layer }, { host, scene, step }) => {
    void (async () => {
      const total = scene.images - scene.unreadable;
      host.tell({ state: 'running', layer, done: host.indexed, total, secondsLeft: undefined });
      while (host.indexing.state === 'running' && host.indexed < total) {
        await step(host.indexed / total);
        if (host.indexing.state !== 'running') return;
        host.indexed = Math.min(total, host.indexed + Math.ceil(total / 20));
        host.tell({ done: host.indexed, secondsLeft: (total - host.indexed) / 100 });
      }
      if (host.indexing.state === 'running') host.tell({ state: 'idle' });
    })();
  },
  pauseIndexing: (_, { host }) => host.tell({ state: 'paused' }),
  cancelIndexing: (_, { host }) => host.tell({ state: 'idle' }),
  rows: ({ layer }, { host }) => host.rows(layer),
  thumbnails: ({ images }, { scene }) => Promise.all(images.map((path) => thumbnailOf(scene, path))),
  chooseDataset: () => {},
  chooseLabels: () => {},
  chooseImage: () => undefined,
  chooseModel: () => {},
  openImage: () => {},
  revealLayer: () => {},
  showLog: () => {},
};

function modelOf(scene: SpaceScene): ModelInfo {
  const { labels, activation, warnings, subject } = scene;
  return {
    path: `/ws/${subject.modelPath}`,
    name: subject.modelName ?? '',
    format: 'Keras 3',
    hash: 'f00d',
    engine: 'onnxruntime 1.30.0 (CPU)',
    input: { name: 'input', layout: 'NHWC', channels: 3, height: 64, width: 64 },
    classes: labels.length,
    activation,
    layers: [],
    defaultLayer: 'conv2d_2',
    labels,
    labelsFrom: 'glassbox.json',
    labelSet: undefined,
    preprocessing: undefined,
    preprocessingFrom: '',
    preprocessingGuessed: false,
    warnings,
    refusals: {},
    outputs: [],
    output: 'output',
    answered: [],
    dense: undefined,
  };
}
