import { decodeModel } from '../../formats/onnx/read.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../formats/onnx/types.ts';
import { check } from '../../graph/check.ts';
import type { Dim } from '../../graph/opset.ts';
import { prune } from '../../graph/prune.ts';
import { infer, newBuilder } from '../../ops/index.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Known } from '../known/known.ts';
import type { Imported, Importer, ModelSource } from '../model.ts';
import { explainedOutput, type FileOutput } from '../output.ts';
import { recogniseActivations } from '../recogniseActivations.ts';
import { recogniseLayerNorm } from '../recogniseLayerNorm.ts';
import type { Scope } from './context.ts';
import { type FlatGraph, inlineFunctions } from './functions.ts';
import { hintsOf } from './hints.ts';
import { findInputs, type ImageInput } from './input.ts';
import { layersOf } from './layers.ts';
import { looksLikeOnnx, refuseText } from './sniff.ts';
import { importNodes, type Walk } from './walk.ts';
import { constantsOf, decoder, externalFiles, readExternalFiles } from './weights.ts';

/** Opset versions of the standard domain whose operators mean what ./operators says. */
const OPSETS = [7, 24] as const;

/** ONNX, opset 7 on, one file or with external data. */
export const onnxImporter: Importer = {
  id: 'onnx',
  matches: ({ file, bytes }) => /\.onnx$/i.test(file) || looksLikeOnnx(bytes),
  open,
};

async function open(source: ModelSource): Promise<Imported> {
  refuseText(source.bytes);
  const file = decodeModel(source.bytes);
  const opset = opsetOf(file);
  const flat = inlineFunctions(file);
  const proto = { ...file, graph: flat.graph };
  const sparse = proto.graph.sparseInitializers ?? [];
  if (sparse.length > 0)
    throw new ModelError('unsupported', `The model has sparse weights ('${sparse.join("', '")}'), which are not supported.`);
  const { image: input, constants: given, answered } = findInputs(proto.graph, source);
  const files = await readExternalFiles(proto, source);
  const external = externalFiles(files);
  const decode = decoder(external);
  const constants = constantsOf(proto.graph, decode);
  const known = new Map([...constants.known, ...given]);
  const fixed = { ...constants, known, decode, external, readers: readersOf(proto.graph) };
  const build = (batch: Dim) => assemble({ proto, flat, opset, input, batch, fixed, output: source.output });
  return { format: 'onnx', answered, ...withFreeBatch(build, input) };
}

type Assembled = Omit<Imported, 'format' | 'answered'>;

/**
 * The batch is kept free where the graph allows, whatever the file declares. A graph that mixes the batch with other axes
 * is imported for one image at a time, if that is a size the file takes.
 */
function withFreeBatch(build: (batch: Dim) => Assembled, input: ImageInput): Assembled {
  try {
    return build('N');
  } catch (error) {
    const may = error instanceof ModelError && (error.code === 'unsupported' || error.code === 'shape');
    if (!may || (input.batch ?? 1) !== 1) throw error;
    return build(1);
  }
}

interface Parts {
  proto: ModelProto;
  opset: number;
  input: ImageInput;
  batch: Dim;
  flat: FlatGraph;
  /** What every import of this file starts from. */
  fixed: Pick<Scope, 'decode' | 'external' | 'codes' | 'elementTypes' | 'readers'> & { known: ReadonlyMap<string, Known> };
  /** Name of the output to explain. */
  output: string | undefined;
}

function assemble({ proto, flat, opset, input, batch, fixed, output }: Parts): Assembled {
  const b = newBuilder();
  const reserved = new Set(proto.graph.nodes.flatMap((n) => [...n.inputs, ...n.outputs]));
  const scope: Scope = {
    ...fixed,
    b,
    known: new Map(fixed.known),
    values: new Map(),
    quantised: new Map(),
    batch,
    fileBatch: input.batch ?? 1,
    reserved,
  };
  const { name, channels, height, width, layout } = input;
  b.input(name, { dtype: 'float32', shape: [batch, channels, height, width] });
  const channelsLast = new Set<string>();
  let image = name;
  if (input.integers) {
    const { low, high } = input.integers;
    image = b.op('FakeQuantize', [image, b.scalar(1), b.scalar(0)], { low, high }, `${name}:rounded`);
    scope.quantised.set(name, input.integers);
  }
  if (layout === 'NHWC') {
    image = b.op('Transpose', [image], { perm: [0, 2, 3, 1] }, `${name}:NHWC`);
    channelsLast.add(image);
  }
  if (image !== name) scope.values.set(name, image);
  const walk = importNodes(flat, opset, scope, channelsLast);
  const { values, ...explained } = explainedOutput(b, outputsOf(proto, scope, walk, channelsLast), batch, output);
  const graph = check(recogniseLayerNorm(recogniseActivations(prune(b.build(values)))), infer);
  const layers = layersOf(graph, walk.nodes);
  return {
    graph,
    input: { value: name, name, channels, height, width, layout },
    ...explained,
    layers,
    hints: { ...bytesHint(input), ...hintsOf(proto.metadata ?? {}, graph, layers) },
    ...(proto.producerName && { producer: `${proto.producerName} ${proto.producerVersion ?? ''}`.trimEnd() }),
  };
}

/** Bytes are pixels as they are, signed ones less 128, unless the file says otherwise. */
function bytesHint({ integers }: ImageInput): Pick<Imported['hints'], 'normalization'> {
  if (!integers) return {};
  return {
    normalization: { mean: [integers.low < 0 ? 128 : 0], std: [1], from: `the input's type, ${integers.low < 0 ? 'int8' : 'uint8'}` },
  };
}

/** The file's outputs; one that could not be imported carries everything that is missing. */
function outputsOf(proto: ModelProto, { b, known, values }: Scope, { failures, missing }: Walk, channelsLast: ReadonlySet<string>) {
  return proto.graph.outputs.map(({ name }): FileOutput => {
    if (missing.has(name)) return { name, value: undefined, channels: 1, failure: unsupported(failures) };
    const value = values.get(name) ?? name;
    const floats = !known.has(name) && b.has(value) && b.type(value).dtype === 'float32';
    return { name, value: floats ? value : undefined, channels: channelsLast.has(value) ? 3 : 1 };
  });
}

function unsupported(failures: readonly ModelError[]): ModelError {
  const all = failures.map((f) => f.message.replace(/\.$/, '')).join('; ');
  const head = failures.length === 1 ? '' : `${failures.length} nodes cannot be imported: `;
  return new ModelError('unsupported', `${head}${all}.`, {
    where: failures.map((f) => f.where ?? '').join(', '),
    hint: 'Export the model for inference with plain operators, without control flow, custom operators or quantisation.',
  });
}

function opsetOf({ opsetImports }: ModelProto): number {
  const version = opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;
  if (version === undefined)
    throw new ModelError('file-corrupt', 'The file does not say which ONNX operator set it uses.', { hint: 'Export it again.' });
  if (version >= OPSETS[0] && version <= OPSETS[1]) return version;
  throw new ModelError('unsupported', `The model uses ONNX operator set ${version}; ${OPSETS[0]} to ${OPSETS[1]} are supported.`, {
    hint: 'Convert it with onnx.version_converter, or export it again.',
  });
}

function readersOf({ nodes }: GraphProto): Map<string, NodeProto[]> {
  const readers = new Map<string, NodeProto[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}
