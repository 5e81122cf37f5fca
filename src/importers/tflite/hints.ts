import { type AssociatedFile, decodeMetadata, type TensorMetadata } from '../../formats/tflite/metadata.ts';
import { quantizationOf, storable } from '../../formats/tflite/quantization.ts';
import type { TfliteTensor } from '../../formats/tflite/types.ts';
import { endsInZip, openZip } from '../../formats/zip.ts';
import type { ModelHints, Normalization } from '../model.ts';

/** What is explained of a file. */
export interface Subject {
  /** The whole file, and its buffer `TFLITE_METADATA`. */
  bytes: Uint8Array;
  metadata: Uint8Array | undefined;
  image: TfliteTensor;
  channels: number;
  /** Places of the image among the network's inputs and of the scores among its outputs. */
  input: number;
  output: number;
  /** Names of the operators. */
  operators: readonly string[];
}

/**
 * What the file says about its image and its classes: in its metadata, in the archive behind it, in the quantisation of its
 * input.
 * @throws ModelError('file-corrupt') where one of them is damaged
 */
export async function hintsOf({ bytes, metadata: stored, image, channels, input, output, operators }: Subject): Promise<ModelHints> {
  const metadata = stored && decodeMetadata(stored);
  const normalization = stated(metadata?.inputs[input], image, channels) ?? implied(image);
  const labels = await labelsOf(bytes, metadata?.outputs[output]?.files ?? []);
  const modelName = metadata?.name || prefixOf(operators);
  return { ...(labels && { labels }), ...(normalization && { normalization }), ...(modelName && { modelName }) };
}

/**
 * Pixels are normalised alike for the quantised network and the float one that it was made of. Some files state pixels as they
 * are (mean 0, std 1) because integers are fed; what the input cannot hold is not what it is fed.
 */
function stated(tensor: TensorMetadata | undefined, image: TfliteTensor, channels: number): Normalization | undefined {
  const { mean, std } = tensor?.normalization ?? { mean: [], std: [] };
  const fits = (values: readonly number[]) => (values.length === 1 || values.length === channels) && values.every(Number.isFinite);
  if (!fits(mean) || !fits(std) || !std.every((s) => s > 0)) return undefined;
  const range = storable(image);
  const slack = range ? (range.max - range.min) / 20 : 0;
  const held = (value: number) => !range || (value >= range.min - slack && value <= range.max + slack);
  const extremes = Array.from({ length: channels }, (_, c) => [0, 255].map((pixel) => (pixel - at(mean, c)) / at(std, c))).flat();
  return extremes.every(held) ? { mean, std, from: 'TFLite metadata' } : undefined;
}

/** The number of a channel, of one for all or one per channel. */
const at = (values: readonly number[], channel: number): number => values[values.length === 1 ? 0 : channel] as number;

/** Integers are fed as pixels, signed ones less 128; what they stand for is scale·(q − zero point). */
function implied(image: TfliteTensor): Normalization | undefined {
  const offset = { UINT8: 0, INT8: 128 }[image.type];
  if (offset === undefined) return undefined;
  const quantization = quantizationOf(image);
  const { scale, zeroPoint } = quantization ?? { scale: [1], zeroPoint: [0] };
  // Scales are float32: 1/255 comes back as 255 and not as 254.99999…
  const std = Number((1 / (scale[0] as number)).toPrecision(7));
  const usable = scale.length === 1 && Number.isFinite(std) && std > 0;
  const from = quantization ? 'quantisation of the TFLite input' : 'TFLite input of bytes';
  return usable ? { mean: [offset + (zeroPoint[0] as number)], std: [std], from } : undefined;
}

/** Class names, one per line, of the first label file that says no language, or English, or any. */
async function labelsOf(bytes: Uint8Array, files: readonly AssociatedFile[]): Promise<readonly string[] | undefined> {
  const labels = files.filter(({ axisLabels }) => axisLabels);
  const chosen = labels.find(({ locale }) => !locale) ?? labels.find(({ locale }) => locale?.startsWith('en')) ?? labels[0];
  if (!chosen || !endsInZip(bytes)) return undefined;
  const content = await (await openZip(bytes)).get(chosen.name)?.read();
  if (!content) return undefined;
  const lines = new TextDecoder().decode(content).split(/\r\n|\n|\r/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines.length > 0 ? lines.map((line) => line.trim()) : undefined;
}

/** Keras writes its model's name in front of its layers': `mobilenet_1.00_224/conv1/Conv2D`. */
function prefixOf(operators: readonly string[]): string | undefined {
  const prefix = operators.find((name) => name.includes('/'))?.split('/')[0];
  const named = operators.filter((name) => name.startsWith(`${prefix}/`)).length;
  return named > operators.length / 2 ? prefix : undefined;
}
