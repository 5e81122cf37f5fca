import { MessageReader } from '../protobuf/reader.ts';
import { sameBytes } from '../tensorflow/dataType.ts';
import { readTensorType, readTensorValues } from '../tensorflow/tensor.ts';

export interface Scalar {
  tag: string;
  value: number;
}

/** What an Event says that curves are made of (tensorflow/core/util/event.proto). */
export interface ScalarEvent {
  /** Seconds since 1970. */
  wallTime: number;
  step: number;
  scalars: readonly Scalar[];
  /** A run (re)starts here: what was written of this step and later ones is void. */
  restarts: boolean;
}

/** `SessionLog.START`. */
const start = 1;
/** `DATA_CLASS_SCALAR`. */
const scalarClass = 1;

/**
 * Reads an encoded Event. Numbers are a `simple_value`, or a tensor with one value whose tag belongs to the plugin `scalars`:
 * `scalarTags` remembers the tags that do, for a writer says it at a tag's first value only. Throws ModelError('file-corrupt' | 'unsupported').
 */
export function readEvent(bytes: Uint8Array, scalarTags: Set<string>): ScalarEvent {
  const event = { wallTime: 0, step: 0, restarts: false };
  const scalars: Scalar[] = [];
  const reader = new MessageReader(bytes);
  reader.root('Event', {
    1: (r) => (event.wallTime = r.double()),
    2: (r) => (event.step = r.int()),
    5: (r) => r.message('Summary', { 1: (value) => readValue(value, scalarTags, scalars) }),
    7: (r) => r.message('SessionLog', { 1: (log) => (event.restarts = log.int() === start) }),
  });
  return { ...event, scalars };
}

function readValue(reader: MessageReader, scalarTags: Set<string>, out: Scalar[]): void {
  let [tag, plugin, dataClass] = ['', '', 0];
  let simple: number | undefined;
  let tensor: Uint8Array | undefined;
  reader.message('Value', {
    1: (r) => (tag = r.string()),
    2: (r) => (simple = r.float()),
    8: (r) => (tensor = r.bytes()),
    9: (r) =>
      r.message('SummaryMetadata', {
        1: (data) => data.message('PluginData', { 1: (name) => (plugin = name.string()) }),
        4: (data) => (dataClass = data.int()),
      }),
  });
  if (plugin === 'scalars' || dataClass === scalarClass) scalarTags.add(tag);
  if (simple !== undefined) {
    out.push({ tag, value: simple });
    return;
  }
  if (!tensor || !scalarTags.has(tag)) return;
  const value = singleNumber(tensor, tag);
  if (value !== undefined) out.push({ tag, value });
}

/** Of an encoded TensorProto; undefined: it is no single number, whatever its plugin is called. */
function singleNumber(tensor: Uint8Array, tag: string): number | undefined {
  const { dtype, count, content } = readTensorType(tensor, tag);
  if (count !== 1 || sameBytes(dtype) === undefined) return undefined;
  if (dtype !== 'DT_DOUBLE') return Number(readTensorValues(tensor, tag).data[0]);
  // Elsewhere doubles become floats.
  if (content?.length === 8) return new DataView(content.buffer, content.byteOffset, 8).getFloat64(0, true);
  const values: Float64Array[] = [];
  new MessageReader(tensor).root('TensorProto', { 6: (r) => r.doubles(values) });
  return values[0]?.[0] ?? 0;
}
