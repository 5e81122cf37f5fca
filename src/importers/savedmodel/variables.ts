import { maskedCrc32c } from '../../formats/crc32c.ts';
import { tensorValues } from '../../formats/onnx/tensor.ts';
import { type BundleEntry, type BundleIndex, readBundleIndex, shardName } from '../../formats/tensorbundle/index.ts';
import { sameBytes } from '../../formats/tensorflow/dataType.ts';
import type { NodeDef } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import type { ModelSource } from '../model.ts';
import type { TfConstant } from '../tensorflow/graph.ts';
import { dtypeOf, knownData, refuseLarge } from './constants.ts';
import type { StoredAs } from './restore.ts';

const PREFIX = 'variables/variables';
const HINT = 'Copy the whole folder of the SavedModel, or save it again.';

/**
 * The values of variables, from the checkpoint in the model's folder; views into its files.
 * @param variables nodes, by the name of the tensor that they are
 * @param stored under which key each is; one that is not there is stored under its own name
 * @throws ModelError 'file-missing', 'file-corrupt' (checksums too), 'unsupported', 'file-too-large'; names the variable.
 */
export async function loadVariables(
  variables: ReadonlyMap<string, NodeDef>,
  stored: ReadonlyMap<NodeDef, StoredAs>,
  source: ModelSource,
): Promise<Map<string, TfConstant>> {
  const loaded = new Map<string, TfConstant>();
  if (variables.size === 0) return loaded;
  const file = `${PREFIX}.index`;
  const bytes = await readBeside(source, file);
  const index = readBundleIndex(bytes, file);
  const entries = [...variables].map(([tensor, node]): Located => {
    const entry = entryOf(index, tensor, node, stored.get(node));
    refuseOther(tensor, node, entry);
    return { tensor, entry };
  });
  for (const shard of new Set(entries.map(({ entry }) => entry.shard))) {
    const inShard = entries.filter(({ entry }) => entry.shard === shard);
    const part = await readPart(source, shardName(PREFIX, shard, index.shards), inShard);
    for (const { tensor, entry } of inShard) loaded.set(tensor, constantIn(part, entry, tensor));
  }
  return loaded;
}

interface Located {
  tensor: string;
  entry: BundleEntry;
}

/** The bytes of a data file from the first variable's on: Keras stores every variable twice, training stores its state with them. */
interface Part {
  file: string;
  start: number;
  bytes: Uint8Array;
}

async function readPart(source: ModelSource, file: string, variables: readonly Located[]): Promise<Part> {
  let [start, end] = [Number.POSITIVE_INFINITY, 0];
  for (const { tensor, entry } of variables) {
    const { offset, size } = entry;
    if (!(offset >= 0 && size >= 0 && Number.isSafeInteger(offset + size)))
      throw damaged(tensor, `is at bytes ${offset} to ${offset + size} of '${file}'`);
    start = Math.min(start, offset);
    end = Math.max(end, offset + size);
  }
  const bytes = await readBeside(source, file, start, end);
  return { file, start, bytes };
}

function entryOf(index: BundleIndex, tensor: string, node: NodeDef, stored: StoredAs | undefined): BundleEntry {
  const { shared_name } = node.attrs;
  const key = stored?.key ?? (typeof shared_name === 'string' && shared_name !== '' ? shared_name : node.name);
  const entry = index.entry(key);
  if (!entry)
    throw new ModelError('file-corrupt', `The value of variable '${tensor}' ('${key}') is not in '${PREFIX}.index'.`, {
      where: tensor,
      hint: HINT,
    });
  if (entry.sliced || stored?.slice)
    throw new ModelError('unsupported', `Variable '${tensor}' is stored in parts, which is not supported.`, {
      where: tensor,
      hint: 'Save the model with TensorFlow 2, which stores every variable in one piece.',
    });
  if (!(Number.isInteger(entry.shard) && entry.shard >= 0 && entry.shard < index.shards && index.shards < 1e5))
    throw new ModelError('file-corrupt', `Variable '${tensor}' is in data file ${entry.shard} of ${index.shards}.`, {
      where: tensor,
      hint: HINT,
    });
  return entry;
}

/** The graph states what it takes: a checkpoint of another model is noticed here. */
function refuseOther(tensor: string, { attrs }: NodeDef, { dtype, shape }: BundleEntry): void {
  const stated = Array.isArray(attrs.shape) ? (attrs.shape as readonly number[]) : undefined;
  const fits = !stated || (stated.length === shape.length && stated.every((d, i) => d < 0 || d === shape[i]));
  if (fits && (attrs.dtype === undefined || attrs.dtype === dtype)) return;
  throw new ModelError(
    'file-corrupt',
    `Variable '${tensor}' is ${attrs.dtype} [${stated ?? '…'}] in the graph, its stored value is ${dtype} [${shape}].`,
    { where: tensor, hint: HINT },
  );
}

function constantIn({ file, start, bytes }: Part, entry: BundleEntry, tensor: string): TfConstant {
  const { dtype: type, shape, offset, size, crc } = entry;
  const dtype = dtypeOf(type);
  if (!dtype) throw new ModelError('unsupported', `Variable '${tensor}' is of type ${type}.`, { where: tensor });
  if (offset + size > start + bytes.length)
    throw damaged(tensor, `needs bytes ${offset} to ${offset + size} of '${file}', which ends before`);
  refuseLarge(
    tensor,
    dtype,
    shape.reduce((n, d) => n * d, 1),
  );
  const rawData = bytes.subarray(offset - start, offset - start + size);
  if (maskedCrc32c(rawData) !== crc) throw damaged(tensor, `has a wrong checksum in '${file}': the file is damaged`);
  const proto = { name: tensor, dims: shape, dataType: sameBytes(type) ?? 0, rawData };
  return { dtype, shape, read: () => knownData(tensorValues(proto, () => rawData)) };
}

function damaged(tensor: string, what: string): ModelError {
  return new ModelError('file-corrupt', `Variable '${tensor}' ${what}.`, { where: tensor, hint: HINT });
}

async function readBeside(source: ModelSource, name: string, start = 0, end?: number): Promise<Uint8Array> {
  try {
    if (end !== undefined && source.readPart) return await source.readPart(name, start, end);
    return (await source.read(name)).subarray(start, end);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'file-missing') throw error;
    throw new ModelError('file-missing', `'${name}' with the model's weights is missing; it is expected beside saved_model.pb.`, {
      where: name,
      hint: HINT,
      cause: error,
    });
  }
}
