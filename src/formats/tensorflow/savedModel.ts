import { MessageReader } from '../protobuf/reader.ts';
import { readShape } from './attributes.ts';
import { dataTypeName } from './dataType.ts';
import { readGraph } from './graph.ts';
import type { GraphDef, MetaGraph, SavedModel, Signature, TensorInfo } from './types.ts';

/** One for each combination of tags: serving, training, on a TPU. */
const MOST_GRAPHS = 64;

/** `saved_model.pb`. Throws ModelError('file-corrupt') with the byte where the file stops being one. */
export function decodeSavedModel(bytes: Uint8Array): SavedModel {
  const metaGraphs: MetaGraph[] = [];
  new MessageReader(bytes).root('saved_model', {
    2: (r) => {
      if (metaGraphs.length >= MOST_GRAPHS) throw r.corrupt(`more than ${MOST_GRAPHS} graphs`);
      metaGraphs.push(readMetaGraph(r));
    },
  });
  return { metaGraphs };
}

function readMetaGraph(reader: MessageReader): MetaGraph {
  const tags: string[] = [];
  const signatures = new Map<string, Signature>();
  let graph: GraphDef = { nodes: [], functions: new Map() };
  let restoreOp = '';
  reader.message('meta_graph', {
    1: (r) => r.message('meta_info', { 4: (m) => tags.push(m.string()) }),
    2: (r) => (graph = readGraph(r)),
    3: (r) => r.message('saver', { 3: (s) => (restoreOp = s.string()) }),
    5: (r) => {
      let [key, value]: [string, Signature] = ['', { inputs: new Map(), outputs: new Map() }];
      r.message('signature', {
        1: (e) => (key = e.string()),
        2: (e) => (value = readSignature(e)),
      });
      signatures.set(key, value);
    },
  });
  return { tags, graph, signatures, restoreOp: restoreOp || undefined };
}

function readSignature(reader: MessageReader): Signature {
  const inputs = new Map<string, TensorInfo>();
  const outputs = new Map<string, TensorInfo>();
  reader.message('signature', {
    1: (r) => readEntry(r, inputs),
    2: (r) => readEntry(r, outputs),
  });
  return { inputs, outputs };
}

function readEntry(reader: MessageReader, into: Map<string, TensorInfo>): void {
  let key = '';
  const info: TensorInfo = { tensor: '', dtype: '', shape: undefined };
  reader.message('entry', {
    1: (r) => (key = r.string()),
    2: (r) =>
      r.message('tensor_info', {
        1: (t) => (info.tensor = t.string()),
        2: (t) => (info.dtype = dataTypeName(t.int())),
        3: (t) => (info.shape = readShape(t)),
      }),
  });
  into.set(key, info);
}
