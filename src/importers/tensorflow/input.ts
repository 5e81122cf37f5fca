import { ModelError } from '../../shared/errors.ts';
import type { Question } from '../../shared/question.ts';
import { imageSides } from '../imageSide.ts';
import { chooseInputs, type FileInput } from '../inputs.ts';
import type { Known } from '../known/known.ts';
import type { ModelChoices, ModelInput } from '../model.ts';
import type { TfGraph, TfInput, TfNode } from './graph.ts';

/** The image input of a graph and the values of the others, by tensor name. */
export interface TfInputs {
  image: Omit<ModelInput, 'value'> & { tensor: string };
  constants: ReadonlyMap<string, Known>;
  answered: readonly Question[];
}

/** @throws ModelError('input') that says what the inputs are instead, or what is missing. */
export function modelInputs(graph: TfGraph, { inputSize, inputs: given }: ModelChoices): TfInputs {
  const read = new Set(graph.nodes.flatMap((n) => n.inputs));
  const used = graph.inputs.filter(({ tensor }) => read.has(tensor)).map((input) => fileInput(graph, input));
  const { image, constants, answered } = chooseInputs(used, given);
  const { name, text, tensor, shape = [] } = image;
  const layout = layoutOf(graph, tensor, shape);
  const [c, h, w] = layout === 'NCHW' ? [shape[1], shape[2], shape[3]] : [shape[3], shape[1], shape[2]];
  const channels = c ?? channelsOfFirstConv(graph, tensor);
  if (channels === undefined) {
    throw new ModelError('input', `The model's input '${name}' is ${text}, which leaves the number of channels open.`, {
      where: name,
      hint: 'Save the model with the channels of its image in the shape of its input.',
    });
  }
  const [height, width] = imageSides([h, w], { name, text, inputSize });
  const tensors = new Map(used.map((input) => [input.name, input.tensor]));
  return {
    image: { name, tensor, channels, height, width, layout },
    constants: new Map([...constants].map(([other, value]) => [tensors.get(other) as string, value])),
    answered,
  };
}

/** An image of whole numbers is fed as floats; a placeholder of unknown rank that a convolution reads is one. */
function fileInput(graph: TfGraph, { name, tensor, dtype, shape }: TfInput): FileInput & { tensor: string } {
  const sizes =
    shape?.map((size) => (size > 0 ? size : undefined)) ?? (firstConv(graph, tensor) ? new Array(4).fill(undefined) : undefined);
  const text = `${dtype ?? 'no numbers'} ${sizes ? `[${sizes.map((size, axis) => size ?? (axis === 0 ? 'N' : '?')).join(',')}]` : 'of unknown shape'}`;
  return { name, tensor, dtype: sizes?.length === 4 && dtype !== undefined ? 'float32' : dtype, shape: sizes, text };
}

type Sizes = readonly (number | undefined)[];
const isChannels = (d: number | undefined): boolean => d === 1 || d === 3 || d === 4;

/** What reads the input tells more than the sizes. */
function layoutOf(graph: TfGraph, tensor: string, shape: Sizes): 'NCHW' | 'NHWC' {
  const format = firstConv(graph, tensor)?.attrs.data_format;
  if (format === 'NCHW') return 'NCHW';
  const turned = readers(graph, tensor).some((n) => n.op === 'Transpose');
  if (turned && isChannels(shape[1])) return 'NCHW';
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
