import sharp from 'sharp';
import type { LayerInfo } from '../../src/shared/protocol.ts';
import type { Scene } from './scene.ts';
import { sampleScene } from './scenes.ts';

const night = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="320">
  <rect width="240" height="320" fill="#1d2740"/><circle cx="170" cy="70" r="34" fill="#f4e9b0"/>
  <path d="M40 250l50-24 50 24-50 26z" fill="#b8cdf4"/><path d="M40 250l50 26v40l-50-28z" fill="#3f66b8"/><path d="M140 250l-50 26v40l50-28z" fill="#27427f"/>
</svg>`;

/** Another picture, upright, in which the network sees a cube. */
async function otherImage(): Promise<Partial<Scene>> {
  const scene = await sampleScene();
  const png = await sharp(Buffer.from(night)).png().toBuffer();
  const size = { width: 240, height: 320 };
  return {
    subject: { ...scene.subject, imageName: 'cube-0007.png', imagePath: 'shapes/cube/cube-0007.png' },
    image: { ...size, png: png.toString('base64') },
    fed: { ...scene.fed, covers: { x: 0, y: 0, ...size } },
    logits: [1.2, 5.4, 0.3, 0.2, 0.1, 0, -0.3, -0.4, 2.9, -0.6],
    truth: 1,
    things: [
      { class: 1, x: 90, y: 270, radius: 46 },
      { class: 0, x: 170, y: 70, radius: 36 },
    ],
  };
}

/** Another checkpoint of the same network: fewer layers, another opinion. */
async function otherModel(): Promise<Partial<Scene>> {
  const scene = await sampleScene();
  return {
    subject: { ...scene.subject, modelName: 'shapes-epoch-01', modelPath: '/ws/models/epoch-01/model.json' },
    layers: scene.layers.slice(0, 5).map((each) => ({ ...each, name: `early/${each.name}` })),
    defaultLayer: 'early/conv2d_2',
    logits: [2.2, 3.1, 1.2, 0.9, 0.4, -0.3, -0.9, -1.4, -1, -1.6],
    things: [
      { class: 0, x: 300, y: 180, radius: 60 },
      { class: 1, x: 300, y: 180, radius: 90 },
    ],
  };
}

/** The sample with another image and another model to compare with. */
export async function comparedScene(): Promise<Scene> {
  const [scene, image, model] = await Promise.all([sampleScene(), otherImage(), otherModel()]);
  return { ...scene, others: { image, model } };
}

/** A residual network of 174 spatial layers: 58 blocks, each with its sum. */
export async function deepScene(): Promise<Scene> {
  const scene = await sampleScene();
  const layers = Array.from({ length: 174 }, (_, i): LayerInfo => {
    const side = i < 60 ? 56 : i < 120 ? 28 : i < 160 ? 14 : 7;
    const kind = i % 3 === 2 ? 'Add' : i % 3 === 1 ? 'BatchNormalization' : 'Conv2D';
    const name = `stage${Math.floor(i / 30) + 1}/block${Math.floor(i / 3)}/${kind === 'Add' ? 'out' : kind === 'Conv2D' ? 'conv' : 'bn'}`;
    return { name, aliases: [], kind, shape: [64, side, side], parameters: 1000, spatial: true };
  });
  return { ...scene, layers, defaultLayer: 'stage6/block57/out' };
}
