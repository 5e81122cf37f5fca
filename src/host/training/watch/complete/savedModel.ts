import { readBundleIndex, shardName } from '../../../../formats/tensorbundle/index.ts';
import { endsAsTable } from '../../../../formats/tensorbundle/table.ts';
import { ModelError } from '../../../../shared/errors.ts';
import { type Check, has, mostJson } from './kind.ts';
import { fieldsOf, untilCut } from './protobuf.ts';
import type { WindowReader } from './windowReader.ts';

const prefix = 'variables/variables';

/** SavedModel: saved_model.pb ends with a field's end, and the variables' index is whole and says how long each of its data files is. */
export const checkSavedModel: Check = async ({ main, name, part, read }) => {
  if (main.bytes === 0) return `${name} is empty.`;
  const graphs = await read(main, (reader) => untilCut(() => metaGraphs(reader)));
  if (graphs === undefined) return `${name} ends in the middle.`;
  if (graphs === 0) return `${name} has no graph yet.`;
  const index = await part(`${prefix}.index`);
  // A model of constants has none; TensorFlow writes variables before saved_model.pb.
  if (!index) return (await part('variables')) ? 'variables.index is missing.' : undefined;
  if (index.bytes > mostJson) return undefined;
  const lengths = await read(index, readLengths);
  if (typeof lengths === 'string') return lengths;
  const names = lengths.map((_, shard) => shardName(prefix, shard, lengths.length));
  const there = await Promise.all(names.map((each) => part(each)));
  const count = there.filter((each) => each).length;
  if (count < names.length) return `${count} of ${names.length} weight files are there.`;
  const short = names.findIndex((_, i) => (there[i]?.bytes ?? 0) < (lengths[i] ?? 0));
  return short < 0 ? undefined : has(names[short]?.slice('variables/'.length) ?? '', there[short]?.bytes ?? 0, lengths[short] ?? 0);
};

async function metaGraphs(reader: WindowReader): Promise<number> {
  let count = 0;
  for await (const { number } of fieldsOf(reader, 0, reader.size)) if (number === 2) count++;
  return count;
}

/** Bytes of each data file; a sentence where the index is not whole. */
async function readLengths(reader: WindowReader): Promise<number[] | string> {
  const bytes = await reader.all(0, reader.size, mostJson);
  if (!endsAsTable(bytes)) return 'The end of variables.index is missing.';
  try {
    const index = readBundleIndex(bytes, 'variables.index');
    const lengths: number[] = Array(index.shards).fill(0);
    for (const key of index.keys()) {
      const { shard = 0, offset = 0, size = 0 } = index.entry(key) ?? {};
      lengths[shard] = Math.max(lengths[shard] ?? 0, offset + size);
    }
    return lengths;
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}
