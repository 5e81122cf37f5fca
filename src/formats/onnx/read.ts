import { ModelError } from '../../shared/errors.ts';
import { type Fields, MessageReader } from '../protobuf/reader.ts';
import { readTensor } from './readTensor.ts';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, OperatorSetId, ValueInfoProto } from './types.ts';

/**
 * The .onnx file as plain objects; weights stay views into `bytes`. Throws ModelError('file-corrupt') with the byte
 * where the file stops being one.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const reader = new MessageReader(bytes);
  const opsetImports: OperatorSetId[] = [];
  const metadata: Record<string, string> = {};
  const functions: FunctionProto[] = [];
  const model = { irVersion: 0, producerName: '', producerVersion: '', opsetImports, metadata, functions };
  const graphs: GraphProto[] = [];
  reader.root('model', {
    1: (r) => (model.irVersion = r.int()),
    2: (r) => (model.producerName = r.string()),
    3: (r) => (model.producerVersion = r.string()),
    7: (r) => graphs.push(readGraph(r)),
    8: (r) => opsetImports.push(readOpset(r)),
    14: (r) => {
      const { key, value } = readEntry(r);
      metadata[key] = value;
    },
    25: (r) => functions.push(readFunction(r)),
  });
  const graph = graphs[0];
  if (!graph || graphs.length > 1) throw new ModelError('file-corrupt', `The file holds ${graphs.length} graphs, an ONNX model has one.`);
  return { ...model, graph };
}

function readGraph(reader: MessageReader): GraphProto {
  const graph = {
    name: '',
    nodes: [] as NodeProto[],
    initializers: [] as GraphProto['initializers'][number][],
    inputs: [] as ValueInfoProto[],
    outputs: [] as ValueInfoProto[],
    valueInfo: [] as ValueInfoProto[],
    sparseInitializers: [] as string[],
  };
  reader.message('graph', {
    1: (r) => graph.nodes.push(readNode(r)),
    2: (r) => (graph.name = r.string()),
    5: (r) => graph.initializers.push(readTensor(r)),
    11: (r) => graph.inputs.push(readValueInfo(r)),
    12: (r) => graph.outputs.push(readValueInfo(r)),
    13: (r) => graph.valueInfo.push(readValueInfo(r)),
    15: (r) => graph.sparseInitializers.push(readSparseName(r)),
  });
  return graph;
}

function readNode(reader: MessageReader): NodeProto {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: AttributeProto[] = [];
  const node: NodeProto = { opType: '', name: '', domain: '', inputs, outputs, attributes };
  const metadata: Record<string, string> = {};
  reader.message('node', {
    1: (r) => inputs.push(r.string()),
    2: (r) => outputs.push(r.string()),
    3: (r) => (node.name = r.string()),
    4: (r) => (node.opType = r.string()),
    5: (r) => attributes.push(readAttribute(r)),
    7: (r) => (node.domain = r.string()),
    9: (r) => {
      const { key, value } = readEntry(r);
      metadata[key] = value;
    },
  });
  return Object.keys(metadata).length > 0 ? { ...node, metadata } : node;
}

/** `AttributeProto.AttributeType` by number; the rest is not read. */
const attributeTypes = ['', 'float', 'int', 'string', 'tensor', 'graph', 'floats', 'ints', 'strings', 'tensors', 'graphs'];

function readAttribute(reader: MessageReader): AttributeProto {
  const found = { name: '', type: '', reference: '' };
  const floats: Float32Array[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  const values = new Map<string, AttributeProto>();
  const put = (value: AttributeProto) => values.set(value.type, value);
  reader.message('attribute', {
    1: (r) => (found.name = r.string()),
    2: (r) => put({ name: '', type: 'float', value: r.float() }),
    3: (r) => put({ name: '', type: 'int', value: r.int() }),
    4: (r) => put({ name: '', type: 'string', value: r.string() }),
    5: (r) => put({ name: '', type: 'tensor', value: readTensor(r) }),
    7: (r) => r.floats(floats),
    8: (r) => r.ints(ints),
    9: (r) => strings.push(r.string()),
    20: (r) => {
      const type = r.int();
      found.type = attributeTypes[type] ?? `type ${type}`;
    },
    21: (r) => (found.reference = r.string()),
  });
  put({ name: '', type: 'floats', value: floats.flatMap((chunk) => [...chunk]) });
  put({ name: '', type: 'ints', value: ints });
  put({ name: '', type: 'strings', value: strings });
  // Files of the first years do not state the type: the field that is there tells.
  const type = found.type || guessType(values);
  if (found.reference) return { name: found.name, type: 'reference', to: found.reference };
  const value = values.get(type) ?? zeroValue(type);
  return value ? { ...value, name: found.name } : { name: found.name, type: 'other', what: type };
}

/** Proto3 writers leave out fields that hold zero. */
function zeroValue(type: string): AttributeProto | undefined {
  if (type === 'float' || type === 'int') return { name: '', type, value: 0 };
  return type === 'string' ? { name: '', type, value: '' } : undefined;
}

function guessType(values: ReadonlyMap<string, AttributeProto>): string {
  for (const type of ['float', 'int', 'string', 'tensor']) if (values.has(type)) return type;
  for (const [type, a] of values) if ('value' in a && Array.isArray(a.value) && a.value.length > 0) return type;
  return 'ints';
}

function readValueInfo(reader: MessageReader): ValueInfoProto {
  const value: ValueInfoProto = { name: '' };
  const tensorType: Fields = {
    1: (r) => (value.elemType = r.int()),
    2: (r) => (value.shape = readShape(r)),
  };
  reader.message('value_info', {
    1: (r) => (value.name = r.string()),
    2: (r) => r.message('type', { 1: (t) => t.message('tensor_type', tensorType) }),
  });
  return value;
}

function readShape(reader: MessageReader): (number | string)[] {
  const shape: (number | string)[] = [];
  reader.message('shape', {
    1: (r) => {
      let dim: number | string = '';
      r.message('dim', {
        1: (d) => (dim = d.int()),
        2: (d) => (dim = d.string()),
      });
      shape.push(dim);
    },
  });
  return shape;
}

function readOpset(reader: MessageReader): OperatorSetId {
  const opset = { domain: '', version: 0 };
  reader.message('opset_import', {
    1: (r) => (opset.domain = r.string()),
    2: (r) => (opset.version = r.int()),
  });
  return opset;
}

function readEntry(reader: MessageReader): { key: string; value: string } {
  const entry = { key: '', value: '' };
  reader.message('entry', {
    1: (r) => (entry.key = r.string()),
    2: (r) => (entry.value = r.string()),
  });
  return entry;
}

function readFunction(reader: MessageReader): FunctionProto {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: NodeProto[] = [];
  const opsetImports: OperatorSetId[] = [];
  const defaults: AttributeProto[] = [];
  const found = { name: '', domain: '', inputs, outputs, nodes, opsetImports, defaults };
  reader.message('function', {
    1: (r) => (found.name = r.string()),
    4: (r) => inputs.push(r.string()),
    5: (r) => outputs.push(r.string()),
    7: (r) => nodes.push(readNode(r)),
    9: (r) => opsetImports.push(readOpset(r)),
    10: (r) => (found.domain = r.string()),
    11: (r) => defaults.push(readAttribute(r)),
  });
  return found;
}

function readSparseName(reader: MessageReader): string {
  let name = '';
  reader.message('sparse_initializer', { 1: (r) => (name = readTensor(r).name) });
  return name;
}
