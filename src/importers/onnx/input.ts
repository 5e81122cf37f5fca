import type { GraphProto, NodeProto, ValueInfoProto } from '../../formats/onnx/types.ts';
import { ModelError } from '../../shared/errors.ts';
import type { ModelInput } from '../model.ts';
import { elementType } from './elementType.ts';

/** The image input as the file declares it. */
export interface ImageInput extends Omit<ModelInput, 'value'> {
  /** Batch size written in the file; undefined: free. */
  batch: number | undefined;
}

type Dims = readonly (number | string)[];

/** Finds the one image input. Throws ModelError('input') naming what is there instead. */
export function findImageInput(graph: GraphProto, inputSize: readonly [number, number] | undefined): ImageInput {
  const initializers = new Set(graph.initializers.map((t) => t.name));
  const read = new Set(graph.nodes.flatMap((n) => n.inputs));
  const inputs = graph.inputs.filter((v) => !initializers.has(v.name) && read.has(v.name));
  const images = inputs.filter((v) => elementType(v.elemType ?? 0) === 'float32' && v.shape?.length === 4);
  const [image] = images;
  if (!image || inputs.length > 1) throw notOneImage(inputs);
  const dims = image.shape as Dims;
  const layout = layoutOf(graph, image.name, dims);
  const [c, h, w] = (layout === 'NCHW' ? [1, 2, 3] : [3, 1, 2]).map((axis) => dims[axis]) as [
    number | string,
    number | string,
    number | string,
  ];
  const [height, width] = [h, w].map((d, i) => size(image, d, inputSize?.[i])) as [number, number];
  const channels = typeof c === 'number' && c > 0 ? c : channelsOfFirstConv(graph, image.name);
  if (channels === undefined) throw refuse(image, 'leaves the number of channels open');
  const [n] = dims;
  const batch = typeof n === 'number' && n > 0 ? n : undefined;
  return { name: image.name, channels, height, width, layout, batch };
}

function size(image: ValueInfoProto, declared: number | string, chosen: number | undefined): number {
  if (typeof declared === 'number' && declared > 0) return bounded(image, declared);
  if (chosen !== undefined) return bounded(image, chosen);
  throw new ModelError('input', `The model leaves the image size open: its input '${image.name}' is ${shapeText(image)}.`, {
    where: image.name,
    hint: 'Set input.size to [height, width] in the sidecar.',
  });
}

function bounded(image: ValueInfoProto, pixels: number): number {
  if (pixels > 2 ** 15) throw refuse(image, `is ${shapeText(image)}, larger than any image this can show`);
  return pixels;
}

function notOneImage(inputs: readonly ValueInfoProto[]): ModelError {
  const [only] = inputs;
  if (only && inputs.length === 1) {
    const why = only.shape?.length === 4 ? '; only images of floats are supported' : ', which is no image [N,C,H,W]';
    return refuse(only, `is ${shapeText(only)}${why}`);
  }
  const list = inputs.map((v) => `'${v.name}' ${shapeText(v)}`).join(', ');
  return new ModelError('input', inputs.length === 0 ? 'The model has no input.' : `The model has ${inputs.length} inputs: ${list}.`, {
    hint: 'Glassbox explains models with one image as input.',
  });
}

function refuse(image: ValueInfoProto, what: string): ModelError {
  return new ModelError('input', `The model's input '${image.name}' ${what}.`, {
    where: image.name,
    hint: 'Glassbox explains models with one image as input.',
  });
}

function shapeText(v: ValueInfoProto): string {
  const type = elementType(v.elemType ?? 0) ?? 'no tensor of numbers';
  return v.shape ? `${type} [${v.shape.map((d) => (d === '' ? '?' : d)).join(',')}]` : `${type} of unknown shape`;
}

const imageChannels: readonly (number | string)[] = [1, 3, 4];

/** What reads the input tells more than the sizes: a Conv reads channels-first, a Transpose to channels-first reads channels-last. */
function layoutOf(graph: GraphProto, name: string, dims: Dims): 'NCHW' | 'NHWC' {
  const readers = readersThroughElementwise(graph, name);
  if (readers.some((n) => n.opType === 'Conv' || n.opType.endsWith('Pool'))) return 'NCHW';
  const fits = { NCHW: imageChannels.includes(dims[1] ?? ''), NHWC: imageChannels.includes(dims[3] ?? '') };
  if (fits.NHWC && (!fits.NCHW || readers.some(turnsToChannelsFirst))) return 'NHWC';
  return 'NCHW';
}

function turnsToChannelsFirst(n: NodeProto): boolean {
  if (n.opType !== 'Transpose') return false;
  const perm = n.attributes.find((a) => a.name === 'perm');
  return perm?.type === 'ints' && perm.value.join() === '0,3,1,2';
}

const elementwise = new Set(['Identity', 'Cast', 'Add', 'Sub', 'Mul', 'Div', 'Dropout', 'Pad', 'Clip']);

function readersThroughElementwise(graph: GraphProto, name: string): NodeProto[] {
  const same = new Set([name]);
  const readers: NodeProto[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => same.has(input))) continue;
    if (elementwise.has(node.opType)) for (const output of node.outputs) same.add(output);
    else readers.push(node);
  }
  return readers;
}

function channelsOfFirstConv(graph: GraphProto, name: string): number | undefined {
  const conv = readersThroughElementwise(graph, name).find((n) => n.opType === 'Conv');
  const weight = graph.initializers.find((t) => t.name === conv?.inputs[1]);
  const grouped = conv?.attributes.some((a) => a.name === 'group' && a.type === 'int' && a.value !== 1);
  return grouped ? undefined : weight?.dims[1];
}
