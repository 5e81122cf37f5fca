import { type External, tensorValues } from '../../formats/onnx/tensor.ts';
import type { ModelProto, TensorProto } from '../../formats/onnx/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, known } from '../known/known.ts';
import type { ModelSource } from '../model.ts';

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

export function decoder(files: ReadonlyMap<string, Uint8Array>): (tensor: TensorProto) => Known {
  const external: External = (location) => files.get(location) ?? new Uint8Array(0);
  return (tensor) => {
    const values = tensorValues(tensor, external);
    return values.dtype === 'float32'
      ? known('float32', tensor.dims, values.data)
      : known(values.dtype, tensor.dims, Array.from<number | bigint, number>(values.data, Number));
  };
}
