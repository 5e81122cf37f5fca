import { DataType, type GraphProto, type NodeProto, type ValueInfoProto } from '../../formats/onnx/types.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Question } from '../../shared/question.ts';
import { imageSides } from '../imageSide.ts';
import { chooseInputs, type FileInput } from '../inputs.ts';
import type { Known } from '../known/known.ts';
import type { ModelInput, ModelSource } from '../model.ts';
import { elementType } from './elementType.ts';
import { computesWithIntegers, keepsIntegers } from './operators/quantised.ts';
import { plainBytes, type Quantisation, signedBytes } from './quantisation.ts';

/** The image input as the file declares it. */
export interface ImageInput extends Omit<ModelInput, 'value'> {
  /** Batch size written in the file; undefined: free. */
  batch: number | undefined;
  /** The file's input holds integers: those of this range, each of which stands for itself. */
  integers: Quantisation | undefined;
}

type Dims = readonly (number | string)[];

/** The image input and the values of the others. */
export interface GraphInputs {
  image: ImageInput;
  constants: ReadonlyMap<string, Known>;
  answered: readonly Question[];
}

/** @throws ModelError 'input' naming what is there instead of an image, or what is missing. */
export function findInputs(graph: GraphProto, { inputSize, inputs: given }: Pick<ModelSource, 'inputSize' | 'inputs'>): GraphInputs {
  const initializers = new Set(graph.initializers.map((t) => t.name));
  const read = new Set(graph.nodes.flatMap((n) => n.inputs));
  const inputs = graph.inputs.filter((v) => !initializers.has(v.name) && read.has(v.name)).map((v) => fileInput(graph, v));
  const { image, ...others } = chooseInputs(inputs, given);
  return { image: imageInput(graph, image, inputSize), ...others };
}

function fileInput(graph: GraphProto, v: ValueInfoProto): FileInput & { dims: Dims; integers: Quantisation | undefined } {
  const dtype = elementType(v.elemType ?? 0);
  const integers = v.shape?.length === 4 ? integersOf(graph, v) : undefined;
  const shape = v.shape?.map((d) => (typeof d === 'number' && d > 0 ? d : undefined));
  const text = v.shape ? `[${v.shape.map((d) => (d === '' ? '?' : d)).join(',')}]` : 'of unknown shape';
  // An image of bytes is fed as floats and rounded.
  return {
    name: v.name,
    dtype: integers ? 'float32' : dtype,
    shape,
    text: `${dtype ?? 'no tensor of numbers'} ${text}`,
    dims: v.shape ?? [],
    integers,
  };
}

/** The range of an image of bytes that only operators for integers read. */
function integersOf(graph: GraphProto, { name, elemType }: ValueInfoProto): Quantisation | undefined {
  const range = elemType === DataType.UINT8 ? plainBytes : elemType === DataType.INT8 ? signedBytes : undefined;
  const takes = ({ opType }: NodeProto) => opType === 'Cast' || computesWithIntegers(opType) || keepsIntegers.has(opType);
  return range && graph.nodes.every((n) => !n.inputs.includes(name) || takes(n)) ? range : undefined;
}

function imageInput(
  graph: GraphProto,
  { name, text, dims, shape, integers }: ReturnType<typeof fileInput>,
  inputSize: ModelSource['inputSize'],
): ImageInput {
  const layout = layoutOf(graph, name, dims);
  const [c, h, w] = layout === 'NCHW' ? [1, 2, 3] : [3, 1, 2];
  const at = (axis: number | undefined) => shape?.[axis ?? 0];
  const [height, width] = imageSides([at(h), at(w)], { name, text, inputSize });
  const channels = at(c) ?? channelsOfFirstConv(graph, name);
  if (channels === undefined) {
    throw new ModelError('input', `The model's input '${name}' is ${text}, which leaves the number of channels open.`, {
      where: name,
      hint: 'Export the model again with the channels of its image written down.',
    });
  }
  return { name, channels, height, width, layout, batch: shape?.[0], integers };
}

const imageChannels: readonly (number | string)[] = [1, 3, 4];

/** What reads the input tells more than the sizes: a Conv reads channels-first, a Transpose to channels-first reads channels-last. */
function layoutOf(graph: GraphProto, name: string, dims: Dims): 'NCHW' | 'NHWC' {
  const readers = readersThroughElementwise(graph, name);
  if (readers.some((n) => isConv(n) || n.opType.endsWith('Pool'))) return 'NCHW';
  const fits = { NCHW: imageChannels.includes(dims[1] ?? ''), NHWC: imageChannels.includes(dims[3] ?? '') };
  if (fits.NHWC && (!fits.NCHW || readers.some(turnsToChannelsFirst))) return 'NHWC';
  return 'NCHW';
}

function turnsToChannelsFirst(n: NodeProto): boolean {
  if (n.opType !== 'Transpose') return false;
  const perm = n.attributes.find((a) => a.name === 'perm');
  return perm?.type === 'ints' && perm.value.join() === '0,3,1,2';
}

const isConv = ({ opType }: NodeProto) => opType === 'Conv' || opType === 'QLinearConv' || opType === 'ConvInteger';

const elementwise = new Set(
  'Identity Cast Add Sub Mul Div Dropout Pad Clip QuantizeLinear DequantizeLinear DynamicQuantizeLinear'.split(' '),
);

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
  const conv = readersThroughElementwise(graph, name).find(isConv);
  const weight = graph.initializers.find((t) => t.name === conv?.inputs[conv.opType === 'QLinearConv' ? 3 : 1]);
  const grouped = conv?.attributes.some((a) => a.name === 'group' && a.type === 'int' && a.value !== 1);
  return grouped ? undefined : weight?.dims[1];
}
