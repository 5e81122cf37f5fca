import { ModelError } from '../../shared/errors.ts';
import type { ModelInput } from '../model.ts';
import type { TfGraph, TfInput, TfNode } from './graph.ts';

const LARGEST_SIDE = 2 ** 15;
const HINT = 'Glassbox explains models with one image as input.';

/**
 * The one image input of a graph. @param size height and width where the file leaves them open.
 * @throws ModelError('input') naming what is there instead.
 */
export function imageInput(graph: TfGraph, size: readonly [number, number] | undefined): Omit<ModelInput, 'value'> & { tensor: string } {
  const read = new Set(graph.nodes.flatMap((n) => n.inputs));
  const inputs = graph.inputs.filter(({ tensor }) => read.has(tensor));
  const [image, ...others] = inputs;
  if (!image || others.length > 0) {
    const names = inputs.map((input) => `'${input.name}' ${shapeText(input)}`).join(', ');
    throw new ModelError('input', image ? `The model has ${inputs.length} inputs: ${names}.` : 'The model has no input.', { hint: HINT });
  }
  const shape = image.shape ?? guessedShape(graph, image.tensor);
  if (shape?.length !== 4) throw refuse(image, `is ${shapeText(image)}, which is no image`);
  const layout = layoutOf(graph, image.tensor, shape);
  const [c, h, w] = layout === 'NCHW' ? [shape[1], shape[2], shape[3]] : [shape[3], shape[1], shape[2]];
  const channels = isSize(c) ? c : channelsOfFirstConv(graph, image.tensor);
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw refuse(
      image,
      channels === undefined ? 'leaves the number of channels open' : `is ${shapeText(image)}, which is no image with 1, 3 or 4 channels`,
    );
  const [height, width] = [h, w].map((declared, i) => sideOf(image, declared, size?.[i])) as [number, number];
  return { name: image.name, tensor: image.tensor, channels, height, width, layout };
}

function sideOf(image: TfInput, declared: number | undefined, given: number | undefined): number {
  const side = isSize(declared) ? declared : given;
  if (side === undefined) {
    throw new ModelError('input', `The model leaves the size of its image open: its input '${image.name}' is ${shapeText(image)}.`, {
      where: image.name,
      hint: 'Set input.size to [height, width] in the sidecar.',
    });
  }
  if (side > LARGEST_SIDE) throw refuse(image, `is ${shapeText(image)}; a side of an image must be 1 to ${LARGEST_SIDE} pixels`);
  return side;
}

const isSize = (d: number | undefined): d is number => d !== undefined && Number.isInteger(d) && d > 0;

/** A placeholder of unknown rank that a convolution reads. */
function guessedShape(graph: TfGraph, tensor: string): readonly number[] | undefined {
  return firstConv(graph, tensor) ? [-1, -1, -1, -1] : undefined;
}

const isChannels = (d: number | undefined): boolean => d === 1 || d === 3 || d === 4;

/** What reads the input tells more than the sizes. */
function layoutOf(graph: TfGraph, tensor: string, shape: readonly number[]): 'NCHW' | 'NHWC' {
  const format = firstConv(graph, tensor)?.attrs.data_format;
  const turned = readers(graph, tensor).find((n) => n.op === 'Transpose');
  if (turned && isChannels(shape[1])) return 'NCHW';
  if (format === 'NCHW') return 'NCHW';
  return format === undefined && isChannels(shape[1]) && !isChannels(shape[3]) ? 'NCHW' : 'NHWC';
}

const elementwise = new Set(['Identity', 'Cast', 'Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Pad', 'PadV2', 'ClipByValue', 'BiasAdd']);

/** What reads a tensor, through operators that leave it an image. */
function readers(graph: TfGraph, tensor: string): TfNode[] {
  const same = new Set([tensor]);
  const found: TfNode[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => same.has(input))) continue;
    if (elementwise.has(node.op)) for (const output of node.outputs) same.add(output);
    else found.push(node);
  }
  return found;
}

const convolutions = new Set([
  'Conv2D',
  '_FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2dNative',
  '_FusedDepthwiseConv2dNative',
]);

function firstConv(graph: TfGraph, tensor: string): TfNode | undefined {
  return readers(graph, tensor).find((n) => convolutions.has(n.op));
}

function channelsOfFirstConv(graph: TfGraph, tensor: string): number | undefined {
  const conv = firstConv(graph, tensor);
  const filter = graph.constants.get(conv?.inputs[1] ?? '');
  return conv?.attrs.filter_format === undefined ? filter?.shape[2] : filter?.shape[3];
}

function refuse(image: TfInput, what: string): ModelError {
  return new ModelError('input', `The model's input '${image.name}' ${what}.`, { where: image.name, hint: HINT });
}

function shapeText({ dtype, shape }: TfInput): string {
  return `${dtype ?? 'no tensor of numbers'} ${shape ? `[${shape.map((d) => (d < 0 ? '?' : d)).join(',')}]` : 'of unknown shape'}`;
}
