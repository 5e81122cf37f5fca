import type { ChannelOrder } from '../../shared/sidecar.ts';
import type { Normalization } from '../model.ts';

type Metadata = Readonly<Record<string, string>>;

/** How pixels become the input, where `metadata_props` say so. */
export function normalizationOf(metadata: Metadata): Normalization | undefined {
  return fromImageMetadata(metadata) ?? fromUltralytics(metadata);
}

/** Values of black and white in each range. Source: ONNX docs/MetadataProps.md; Windows ML and Azure Custom Vision write it. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  NominalRange_0_255: [0, 255],
  Normalized_0_1: [0, 1],
  Normalized_1_1: [-1, 1],
  NominalRange_16_235: [16, 235],
};

const orders: Readonly<Record<string, ChannelOrder>> = { Rgb8: 'RGB', Bgr8: 'BGR', Gray8: 'gray' };

function fromImageMetadata(metadata: Metadata): Normalization | undefined {
  const range = ranges[metadata['Image.NominalPixelRange'] ?? ''];
  const channels = orders[metadata['Image.BitmapPixelFormat'] ?? ''];
  // Without the range nothing is known; linear light would need a curve.
  if (!range || metadata['Image.ColorSpaceGamma'] === 'Linear') return undefined;
  const [low, high] = range;
  const std = 255 / (high - low);
  return { mean: [-low * std || 0], std: [std], ...(channels && { channels }), from: 'ONNX metadata (Image.NominalPixelRange)' };
}

/** ultralytics/data/augment.py, classify_transforms: the shorter side resized, the centre cropped, x/255. */
function fromUltralytics({ author, task }: Metadata): Normalization | undefined {
  if (author !== 'Ultralytics' || task !== 'classify') return undefined;
  return { mean: [0], std: [255], channels: 'RGB', resize: 'cover', from: 'ONNX metadata (Ultralytics)' };
}
