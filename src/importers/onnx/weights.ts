import { type External, tensorValues } from '../../formats/onnx/tensor.ts';
import type { GraphProto, ModelProto, TensorProto } from '../../formats/onnx/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, known } from '../known/known.ts';
import type { ModelSource } from '../model.ts';
import { areCodes } from './quantisation.ts';

/** Reads every external data file the model refers to, in the order of first reference. */
export async function readExternalFiles(model: ModelProto, source: ModelSource): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const tensor of allTensors(model)) {
    const location = tensor.externalData?.location;
    if (location === undefined || files.has(location)) continue;
    files.set(location, await readBeside(source, location, tensor.name));
  }
  return files;
}

async function readBeside(source: ModelSource, location: string, tensor: string): Promise<Uint8Array> {
  if (!isInside(location)) {
    throw new ModelError('file-corrupt', `Tensor '${tensor}' is stored in '${location}', which is not in the model's folder.`, {
      where: tensor,
      hint: 'Only files beside the model or below are read. Export the model again.',
    });
  }
  try {
    return await source.read(location);
  } catch (error) {
    if (error instanceof ModelError && error.code !== 'file-missing') throw error.with({ where: tensor });
    throw new ModelError('file-missing', `The file '${location}' with the weights of '${tensor}' is not beside the model.`, {
      where: tensor,
      hint: `Put '${location}' into the folder of the model; PyTorch writes both together.`,
      cause: error,
    });
  }
}

/** A relative path that cannot leave the folder, on any system. */
function isInside(location: string): boolean {
  const parts = location.split(/[\\/]/);
  return location !== '' && !location.includes('\0') && !location.includes(':') && parts[0] !== '' && !parts.includes('..');
}

function* allTensors(model: ModelProto): Iterable<TensorProto> {
  yield* model.graph.initializers;
  for (const node of model.graph.nodes) {
    for (const a of node.attributes) if (a.type === 'tensor') yield a.value;
  }
}

/** Content of the files read before. */
export function externalFiles(files: ReadonlyMap<string, Uint8Array>): External {
  return (location) => files.get(location) ?? new Uint8Array(0);
}

export function decoder(external: External): (tensor: TensorProto) => Known {
  return (tensor) => {
    const values = tensorValues(tensor, external);
    return values.dtype === 'float32'
      ? known('float32', tensor.dims, values.data)
      : known(values.dtype, tensor.dims, Array.from<number | bigint, number>(values.data, Number));
  };
}

/** Constants of the file: known at once, or integer weights that stay in the file until something reads them. */
export interface Constants {
  known: ReadonlyMap<string, Known>;
  codes: ReadonlyMap<string, TensorProto>;
  /** `TensorProto.DataType` by name, Constant nodes and their Identities included. */
  elementTypes: ReadonlyMap<string, number>;
}

export function constantsOf(graph: GraphProto, decode: (tensor: TensorProto) => Known): Constants {
  const used = new Set(graph.nodes.flatMap((n) => n.inputs));
  const tensors = graph.initializers.filter((t) => used.has(t.name));
  const elementTypes = new Map(tensors.map((t) => [t.name, t.dataType]));
  for (const { opType, inputs, outputs, attributes } of graph.nodes) {
    const [value] = attributes;
    const type = opType === 'Identity' ? elementTypes.get(inputs[0] ?? '') : value?.type === 'tensor' ? value.value.dataType : undefined;
    if (type !== undefined && (opType === 'Identity' || opType === 'Constant')) elementTypes.set(outputs[0] ?? '', type);
  }
  const codes = new Map(tensors.filter(areCodes).map((t) => [t.name, t]));
  return { known: new Map(tensors.filter((t) => !codes.has(t.name)).map((t) => [t.name, decode(t)])), codes, elementTypes };
}
