import type { ModelInfo } from '../../../../src/shared/protocol.ts';
import { noise } from '../made.ts';
import type { UnitsScene } from '../scene.ts';
import type { Answers } from './answer.ts';

/** Model, layers, and what the editor does for the page. */
export const frameAnswers: Answers = {
  ready: (_, { host, scene }) => ({ subject: host.subject(), visualisers: scene.visualisers }),
  unitLayers: (_, { scene }) => ({ model: modelOf(scene), layers: scene.layers, defaultLayer: scene.defaultLayer }),
  chooseImage: (_, { host, scene }) => host.later({ image: scene.subject.dataset?.images[1] }),
  useImage: ({ image }, { host }) => host.later({ image: host.image(image) }),
  chooseModel: ({ candidate }, { host }) => {
    if (candidate !== undefined) host.later({ modelName: candidate, modelPath: `models/${candidate}`, candidates: [] });
  },
  chooseDataset: () => {},
  chooseLayers: ({ chosen }) => chosen,
  openImage: () => {},
  explainImage: () => {},
  revealLayer: () => {},
  layerShown: () => {},
  showLog: () => {},
  savePicture: ({ name }) => ({ savedAs: `${name}.png` }),
  saveFrames: ({ name }) => ({ savedAs: `${name}-0000.png` }),
};

function modelOf({ subject, input, layers, defaultLayer, labels, activation, warnings }: UnitsScene): ModelInfo {
  const [height, width] = input;
  return {
    path: subject.modelPath ?? '',
    name: subject.modelName ?? '',
    format: 'TensorFlow.js Layers',
    hash: hashOf(subject.modelPath ?? ''),
    engine: 'onnxruntime 1.30.0 (CPU)',
    input: { name: 'input', layout: 'NHWC', channels: 3, height, width },
    classes: labels.length,
    activation,
    layers: layers.map(({ name, kind, units, ...size }) => ({
      name,
      aliases: [],
      kind,
      shape: size.height * size.width === 1 ? [units] : [units, size.height, size.width],
      parameters: 0,
      spatial: size.height * size.width > 1,
    })),
    defaultLayer,
    labels,
    labelsFrom: 'labels.txt',
    labelSet: undefined,
    preprocessing: { resize: 'stretch', channels: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
    preprocessingFrom: 'glassbox.json',
    preprocessingGuessed: false,
    warnings,
    refusals: {},
    outputs: ['logits'],
    output: 'logits',
    answered: [],
    dense: undefined,
  };
}

/** Another one for each file. */
function hashOf(path: string): string {
  return Math.floor(2 ** 32 * noise(path, 'hash'))
    .toString(16)
    .padStart(8, '0')
    .repeat(8);
}
