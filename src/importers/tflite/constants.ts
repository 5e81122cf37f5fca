import type { TfliteModel, TfliteSubgraph, TfliteTensor } from '../../formats/tflite/types.ts';
import { checkConstant, elementCount, type TfliteValues, tensorValues } from '../../formats/tflite/values.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, maxElements } from '../known/known.ts';
import type { TfConstant } from '../tensorflow/graph.ts';
import { dtypeOf } from './dataType.ts';

/** Tensors with values of their own. */
export interface Constants {
  /** By tensor name. */
  readable: Map<string, TfConstant>;
  /** Why others cannot be read, by index. */
  unreadable: ReadonlyMap<number, string>;
}

/**
 * The constants that operators read, decoded when they are asked for. Tensors may share bytes of the file, so they are
 * counted: together at most twice the file's size, and 1 MiB.
 * @throws ModelError('file-corrupt') naming the tensor
 */
export function readConstants({ size, buffers }: TfliteModel, { operators, inputs, tensors }: TfliteSubgraph, names: readonly string[]) {
  const made = new Set([...inputs, ...operators.flatMap((o) => o.outputs)]);
  const read = new Set(operators.flatMap((o) => o.inputs).filter((i) => i >= 0 && !made.has(i)));
  const bound = 2 * size + 2 ** 20;
  const readable = new Map<string, TfConstant>();
  const unreadable = new Map<number, string>();
  let bytes = 0;
  for (const index of read) {
    const tensor = tensors[index] as TfliteTensor;
    const values = buffers[tensor.buffer] as Uint8Array;
    if (values.length === 0 && elementCount(tensor) !== 0) continue;
    bytes += values.length;
    if (bytes > bound) throw overlapping(bound);
    const constant = constantOf(tensor, values);
    if (typeof constant === 'string') unreadable.set(index, constant);
    else readable.set(names[index] as string, constant);
  }
  return { readable, unreadable } satisfies Constants;
}

/** A text says why it cannot be read. */
function constantOf(tensor: TfliteTensor, bytes: Uint8Array): TfConstant | string {
  try {
    checkConstant(tensor, bytes);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'unsupported') return error.message.replace(/\.$/, '');
    throw error;
  }
  const dtype = dtypeOf(tensor) as TfConstant['dtype'];
  const count = elementCount(tensor);
  if (count > maxElements(dtype)) return `Tensor '${tensor.name}' holds ${count} values of type ${tensor.type}`;
  return { dtype, shape: tensor.shape, read: () => asKnown(tensorValues(tensor, bytes)) };
}

function asKnown(values: TfliteValues): Known['data'] {
  return values instanceof Float32Array ? values : Array.from<number | bigint, number>(values, Number);
}

function overlapping(bound: number): ModelError {
  return new ModelError('file-corrupt', `The constants have more than ${bound} bytes, so they overlap in the file.`, {
    hint: 'Export or download it again.',
  });
}
