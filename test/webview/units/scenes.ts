import sharp from 'sharp';
import type { ImageRef, UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { sharedPath } from '../../support/shared.ts';
import type { UnitsScene } from './scene.ts';

type Field = UnitLayer['receptiveField'];

function layer(name: string, kind: string, [units, side]: [number, number], field: Field, more: Partial<UnitLayer> = {}): UnitLayer {
  const bounds = { low: 0, high: undefined };
  return { name, kind, units, height: side, width: side, receptiveField: field, filters: undefined, bounds, ...more };
}

const field = (size: number, stride: number): Field => ({ size: [size, size], stride: [stride, stride] });

const kernels = (name: string, side: number, inputs: number) => ({
  filters: { layer: name, kernel: [side, side], inputs, group: 1, colour: inputs === 3 } as const,
});

const classes = ['ball', 'cube', 'cone', 'ring', 'star', 'cross', 'drop', 'leaf', 'moon', 'wedge'];

function imagesOf(folder: string, names: readonly string[]): ImageRef[] {
  return names.map((name) => ({ path: `/ws/${folder}/${name}`, name }));
}

/** A small CNN for 64 × 64 pictures, two of its layers collected over twelve images. */
export function tinyScene(): UnitsScene {
  const images = imagesOf(
    'shapes',
    Array.from({ length: 12 }, (_, i) => `${classes[i % 10]}-${String(i + 1).padStart(4, '0')}.png`),
  );
  return {
    subject: {
      restore: '{}',
      modelName: 'shapes-cnn',
      modelPath: 'models/shapes-cnn/model.json',
      candidates: [],
      image: images[0],
      dataset: { label: 'shapes', images, capped: false },
    },
    input: [64, 64],
    labels: classes,
    activation: 'softmax',
    warnings: [],
    layers: [
      layer('conv2d', 'Conv2D', [16, 64], field(3, 1), kernels('conv2d', 3, 3)),
      layer('max_pooling2d', 'MaxPooling2D', [16, 32], field(4, 2)),
      layer('conv2d_1', 'Conv2D', [32, 32], field(8, 2), kernels('conv2d_1', 3, 16)),
      layer('max_pooling2d_1', 'MaxPooling2D', [32, 16], field(10, 4)),
      layer('conv2d_2', 'Conv2D', [64, 16], field(18, 4), kernels('conv2d_2', 3, 32)),
      layer('conv2d_3', 'Conv2D', [64, 8], field(38, 8), kernels('conv2d_3', 3, 64)),
      layer('global_average_pooling2d', 'GlobalAveragePooling2D', [64, 1], undefined),
      layer('dense', 'Dense', [10, 1], undefined, { bounds: { low: undefined, high: undefined } }),
    ],
    defaultLayer: 'conv2d_3',
    visualisers: [],
    collected: ['conv2d_2', 'conv2d_3'],
    dead: [5, 17],
  };
}

/** SqueezeNet's layers, one of 2048 units besides; its photographs where ../shared is there, else made-up pictures. */
export async function squeezeScene(): Promise<UnitsScene> {
  const images = imagesOf('photos', ['both.png', 'dog.jpg', 'cat.jpg', 'elephant.jpg', 'street.jpg', 'bird.jpg', 'boat.jpg', 'lamp.jpg']);
  const photo = sharedPath('images/grad-cam/both.png');
  const rgb = photo && (await sharp(photo).resize(227, 227, { fit: 'fill' }).removeAlpha().raw().toBuffer());
  const fire = (i: number, side: number, size: number, stride: number) => [
    layer(
      `fire${i}/relu_squeeze1x1`,
      'Activation',
      [8 * i, side],
      field(size - 2 * stride, stride),
      kernels(`fire${i}/squeeze1x1`, 1, 128),
    ),
    layer(`fire${i}/concat`, 'Concatenate', [64 * i, side], field(size, stride)),
  ];
  return {
    ...tinyScene(),
    subject: {
      restore: '{}',
      modelName: 'squeezenet_v1.0',
      modelPath: 'squeezenet_v1.0.onnx',
      candidates: [],
      image: images[0],
      dataset: { label: 'photos', images, capped: false },
    },
    input: [227, 227],
    labels: Array.from({ length: 1000 }, (_, i) => `class ${i}`),
    layers: [
      layer('conv1', 'Conv2D', [96, 111], field(7, 2), kernels('conv1', 7, 3)),
      ...fire(2, 55, 35, 4),
      ...fire(3, 55, 43, 4),
      ...fire(4, 27, 67, 8),
      ...fire(5, 27, 83, 8),
      ...fire(8, 13, 179, 16),
      ...fire(9, 13, 211, 16),
      layer('mixed', 'Concatenate', [2048, 8], field(259, 32)),
      layer('conv_final', 'Conv2D', [1000, 15], field(211, 16), kernels('conv_final', 1, 512)),
      layer('global_average_pooling2d', 'GlobalAveragePooling2D', [1000, 1], undefined),
    ],
    defaultLayer: 'fire9/concat',
    collected: ['fire9/concat'],
    dead: [3, 40, 77, 130, 301],
    ...(rgb && { photos: { '/ws/photos/both.png': rgb.toString('base64') } }),
  };
}

/** No model is chosen. */
export function emptyScene(candidates: readonly string[]): UnitsScene {
  const scene = tinyScene();
  return { ...scene, subject: { ...scene.subject, modelName: undefined, modelPath: undefined, candidates } };
}
