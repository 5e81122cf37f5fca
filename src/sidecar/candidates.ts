import type { Preprocessing } from '../shared/sidecar.ts';

/** A preprocessing in common use, tried when nothing tells the right one. */
export interface PreprocessingCandidate {
  id: string;
  label: string;
  preprocessing: Preprocessing;
}

const color = { resize: 'stretch', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const satisfies Preprocessing;
const gray = { resize: 'stretch', channels: 'gray', scale: 1, mean: [0], std: [1] } as const satisfies Preprocessing;

const forColor: readonly PreprocessingCandidate[] = [
  { id: 'unit', label: 'x/255', preprocessing: { ...color, scale: 1 / 255 } },
  { id: 'signed', label: 'x/127.5 − 1', preprocessing: { ...color, scale: 1 / 127.5, mean: [1, 1, 1] } },
  {
    id: 'torch',
    label: 'ImageNet mean and std (PyTorch)',
    preprocessing: { ...color, scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  {
    id: 'caffe',
    label: 'BGR minus ImageNet mean (Caffe, Keras VGG and ResNet)',
    preprocessing: { ...color, channels: 'BGR', mean: [103.939, 116.779, 123.68] },
  },
  { id: 'raw', label: '0…255 as they are', preprocessing: color },
];

const forGray: readonly PreprocessingCandidate[] = [
  { id: 'unit', label: 'x/255', preprocessing: { ...gray, scale: 1 / 255 } },
  { id: 'inverted', label: '1 − x/255 (dark on light becomes light on dark)', preprocessing: { ...gray, scale: -1 / 255, mean: [-1] } },
  { id: 'signed', label: 'x/127.5 − 1', preprocessing: { ...gray, scale: 1 / 127.5, mean: [1] } },
  { id: 'mnist', label: 'MNIST mean and std', preprocessing: { ...gray, scale: 1 / 255, mean: [0.1307], std: [0.3081] } },
  { id: 'raw', label: '0…255 as they are', preprocessing: gray },
];

const transparent = {
  resize: 'stretch',
  channels: 'RGBA',
  scale: 1,
  mean: [0, 0, 0, 0],
  std: [1, 1, 1, 1],
} as const satisfies Preprocessing;

const forTransparent: readonly PreprocessingCandidate[] = [
  { id: 'unit', label: 'x/255', preprocessing: { ...transparent, scale: 1 / 255 } },
  { id: 'signed', label: 'x/127.5 − 1', preprocessing: { ...transparent, scale: 1 / 127.5, mean: [1, 1, 1, 1] } },
  { id: 'raw', label: '0…255 as they are', preprocessing: transparent },
];

const candidates: Readonly<Record<number, readonly PreprocessingCandidate[]>> = { 1: forGray, 3: forColor, 4: forTransparent };

/** What to try for an input of 1, 3 or 4 channels (gray, colours, colours and alpha); empty for others. Sources: ../shared/reference/formats.md section 9, torchvision. */
export function preprocessingCandidates(input: { channels: number }): readonly PreprocessingCandidate[] {
  return candidates[input.channels] ?? [];
}

/** One of those for colours, by its id. */
export function findCandidate(id: string): PreprocessingCandidate {
  const found = forColor.find((candidate) => candidate.id === id);
  if (!found) throw new RangeError(`No preprocessing is called ${id}.`);
  return found;
}

/** Pixels 0..255 unchanged: right where the model rescales them itself. */
export function rawPixels(channels: number): Preprocessing {
  return channels === 1 ? gray : channels === 4 ? transparent : color;
}
