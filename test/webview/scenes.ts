import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { LayerInfo } from '../../src/shared/protocol.ts';
import { sharedPath } from '../support/shared.ts';
import { methods } from './methods.ts';
import type { Scene } from './scene.ts';

const labels = ['ball', 'cube', 'cone', 'ring', 'star', 'cross', 'drop', 'leaf', 'moon', 'wedge'];

function layer(name: string, kind: string, shape: number[], parameters = 0): LayerInfo {
  return { name, aliases: [], kind, shape, parameters, spatial: shape.length === 3 && shape[1]! * shape[2]! > 1 };
}

const cnnLayers = [
  layer('conv2d', 'Conv2D', [16, 64, 64], 448),
  layer('max_pooling2d', 'MaxPooling2D', [16, 32, 32]),
  layer('conv2d_1', 'Conv2D', [32, 32, 32], 4640),
  layer('max_pooling2d_1', 'MaxPooling2D', [32, 16, 16]),
  layer('conv2d_2', 'Conv2D', [64, 16, 16], 18_496),
  layer('max_pooling2d_2', 'MaxPooling2D', [64, 8, 8]),
  layer('conv2d_3', 'Conv2D', [64, 8, 8], 36_928),
  layer('global_average_pooling2d', 'GlobalAveragePooling2D', [64]),
  layer('dense', 'Dense', [10], 650),
];

/** A ball at the left (100, 120), a cube at the right (300, 180), a stamp in the corner (370, 270), on waves. */
const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">
  <defs>
    <radialGradient id="b" cx="35%" cy="30%"><stop offset="0" stop-color="#ffd9c8"/><stop offset=".35" stop-color="#e0442c"/><stop offset="1" stop-color="#6e1206"/></radialGradient>
    <linearGradient id="g" x2="0" y2="1"><stop offset="0" stop-color="#7e9aa8"/><stop offset="1" stop-color="#4b5a48"/></linearGradient>
    <pattern id="w" width="40" height="20" patternUnits="userSpaceOnUse"><path d="M0 10q10-9 20 0t20 0" fill="none" stroke="#fff" stroke-opacity=".18" stroke-width="3"/></pattern>
  </defs>
  <rect width="400" height="300" fill="url(#g)"/><rect width="400" height="300" fill="url(#w)"/>
  <ellipse cx="108" cy="178" rx="60" ry="12" fill="#000" opacity=".3"/><circle cx="100" cy="120" r="56" fill="url(#b)"/>
  <path d="M250 150l50-24 50 24-50 26z" fill="#b8cdf4"/><path d="M250 150l50 26v62l-50-28z" fill="#3f66b8"/><path d="M350 150l-50 26v62l50-28z" fill="#27427f"/>
  <g transform="translate(352 254)"><rect width="36" height="32" rx="3" fill="#111"/><path d="M6 8h24M6 16h24M6 24h14" stroke="#ffe24a" stroke-width="4"/></g>
</svg>`;

async function resized(png: Buffer, width: number, height: number): Promise<string> {
  return (await sharp(png).resize(width, height, { fit: 'fill' }).png().toBuffer()).toString('base64');
}

/** A small CNN and a made picture: predicts the right class. */
export async function sampleScene(): Promise<Scene> {
  const png = await sharp(Buffer.from(picture)).png().toBuffer();
  return {
    subject: {
      imageName: 'ball-0042.png',
      imagePath: 'shapes/ball/ball-0042.png',
      imageUri: '/image.png',
      modelName: 'shapes-cnn',
      modelPath: '/ws/models/shapes-cnn/model.json',
      candidates: [],
      pinned: false,
      restore: '{}',
    },
    image: { width: 400, height: 300, png: png.toString('base64') },
    fed: { png: await resized(png, 64, 64), width: 64, height: 64, min: -1, max: 1, covers: { x: 0, y: 0, width: 400, height: 300 } },
    labels,
    logits: [6.1, 4.7, 2.2, 1.9, 0.4, -0.3, -0.9, -1.4, -2, -2.6],
    truth: 0,
    activation: 'softmax',
    layers: cnnLayers,
    defaultLayer: 'conv2d_3',
    preprocessing: { resize: 'stretch', channels: 'RGB', scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
    warnings: [],
    methods,
    things: [
      { class: 0, x: 100, y: 120, radius: 42 },
      { class: 1, x: 300, y: 180, radius: 46 },
      { class: 2, x: 370, y: 270, radius: 22 },
    ],
  };
}

/** The network saw only the middle square of the picture. */
export async function croppedScene(): Promise<Scene> {
  const scene = await sampleScene();
  return { ...scene, fed: { ...scene.fed, covers: { x: 50, y: 0, width: 300, height: 300 } } };
}

function floats(file: string): number[] {
  const bytes = readFileSync(file);
  return [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)];
}

const squeezeLayers = [
  layer('conv1', 'Conv2D', [96, 111, 111], 14_208),
  ...[2, 3, 4, 5, 6, 7, 8, 9].map((i) =>
    layer(`fire${i}/concat`, 'Concatenate', [64 * i, i < 5 ? 55 : i < 9 ? 27 : 13, i < 5 ? 55 : i < 9 ? 27 : 13]),
  ),
  layer('conv_final', 'Conv2D', [1000, 15, 15], 513_000),
  layer('global_average_pooling2d', 'GlobalAveragePooling2D', [1000]),
];

/** Maps that PyTorch computed for two classes: bull mastiff, tiger cat. */
function goldenMaps(golden: string): NonNullable<Scene['maps']> {
  const part = (file: string, t: number, n: number) => floats(`${golden}/${file}`).slice(t * n, (t + 1) * n);
  const fine = 56 * 56;
  return Object.fromEntries(
    [243, 282].flatMap((target, t) => {
      const planes = part('both_guided_sum4.f32', t, 3 * fine);
      const largest = Array.from({ length: fine }, (_, i) => Math.max(...[0, 1, 2].map((c) => Math.abs(planes[c * fine + i]!))));
      return [
        [`grad-cam/fire9/concat/${target}`, { height: 13, width: 13, values: part('both_gradcam_fire9_concat.f32', t, 169) }],
        [`occlusion/input/${target}`, { height: 14, width: 14, values: part('both_occlusion_grid.f32', t, 196) }],
        [`saliency/input/${target}`, { height: 56, width: 56, values: largest }],
      ];
    }),
  );
}

/** SqueezeNet on a photograph of a dog and a cat, with the logits and maps that PyTorch computed; undefined without ../shared. */
export async function realScene(): Promise<Scene | undefined> {
  const golden = sharedPath('golden/realnets/squeezenet');
  const photo = sharedPath('images/grad-cam/both.png');
  const names = sharedPath('models/squeezenet-imagenet/labels.txt');
  if (!golden || !photo || !names) return undefined;
  const png = await sharp(photo).png().toBuffer();
  const { width = 0, height = 0 } = await sharp(png).metadata();
  const base = await sampleScene();
  return {
    ...base,
    subject: {
      ...base.subject,
      imageName: 'both.png',
      imagePath: 'photos/both.png',
      modelName: 'squeezenet_v1.0',
      modelPath: '/ws/squeezenet_v1.0.onnx',
    },
    image: { width, height, png: png.toString('base64') },
    fed: { png: await resized(png, 227, 227), width: 227, height: 227, min: -123, max: 151, covers: { x: 0, y: 0, width, height } },
    labels: readFileSync(names, 'utf8').trim().split('\n'),
    logits: floats(`${golden}/both_logits.f32`),
    truth: 243,
    layers: squeezeLayers,
    defaultLayer: 'fire9/concat',
    preprocessing: { resize: 'stretch', channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
    things: [{ class: 292, x: 0.62 * width, y: 0.75 * height, radius: 0.16 * width }],
    maps: goldenMaps(golden),
  };
}
