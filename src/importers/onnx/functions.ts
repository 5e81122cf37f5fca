import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto } from '../../formats/onnx/types.ts';
import { ModelError } from '../../shared/errors.ts';

/** Bounds of what a few bytes of file may unfold to. */
const MOST_NODES = 100_000;
const DEEPEST = 32;

export interface FlatGraph {
  graph: GraphProto;
  /** For each node its place in the file's `graph.node`: that of the call, where it comes from a function. */
  places: readonly number[];
}

/**
 * The graph with calls of the model's own functions replaced by their bodies, whose values and nodes are named after the
 * call. PyTorch writes functions for modules it is told to keep, and for operators that ONNX has not.
 * @throws ModelError 'unsupported': functions that call themselves, of another operator set, or that unfold without bound
 */
export function inlineFunctions(model: ModelProto): FlatGraph {
  const functions = new Map((model.functions ?? []).map((f) => [keyOf(f.domain, f.name), f]));
  const { nodes } = model.graph;
  if (functions.size === 0) return { graph: model.graph, places: nodes.map((_, i) => i) };
  const flat: NodeProto[] = [];
  const places: number[] = [];
  const paths = new Set<string>();
  let unfolded = 0;
  const add = (node: NodeProto, place: number, calls: readonly string[]): void => {
    unfolded += 1;
    if (unfolded > MOST_NODES) throw refused(node, `unfolds to more than ${MOST_NODES} nodes`);
    const key = keyOf(node.domain ?? '', node.opType);
    const called = functions.get(key);
    if (!called) {
      flat.push(node);
      places.push(place);
      return;
    }
    if (calls.includes(key)) throw refused(node, 'calls itself');
    if (calls.length >= DEEPEST) throw refused(node, `is a call in a call, ${DEEPEST} deep`);
    checkOperators(model, called, node);
    for (const inner of body(called, node, unique(paths, node))) add(inner, place, [...calls, key]);
  };
  nodes.forEach((node, i) => {
    add(node, i, []);
  });
  return { graph: { ...model.graph, nodes: flat }, places };
}

function keyOf(domain: string, name: string): string {
  return `${domain === 'ai.onnx' ? '' : domain}.${name}`;
}

/** What the values of a call are named after. */
function unique(taken: Set<string>, { name, outputs, opType }: NodeProto): string {
  const wanted = name || outputs.find((o) => o !== '') || opType;
  let path = wanted;
  for (let i = 2; taken.has(path); i++) path = `${wanted}#${i}`;
  taken.add(path);
  return path;
}

/** The nodes of a function as one call has them. */
function body(f: FunctionProto, call: NodeProto, path: string): NodeProto[] {
  const names = new Map<string, string>([['', '']]);
  for (const [i, name] of f.inputs.entries()) names.set(name, call.inputs[i] ?? '');
  for (const [i, name] of f.outputs.entries()) if (!f.inputs.includes(name)) names.set(name, call.outputs[i] || `${path}/${name}`);
  const named = (name: string) => names.get(name) ?? `${path}/${name}`;
  const given = new Map([...f.defaults, ...call.attributes].map((a) => [a.name, a]));
  const passed = f.nodes.map((node) => ({
    ...node,
    name: node.name ? `${path}/${node.name}` : '',
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
    attributes: node.attributes.flatMap((a) => attribute(a, given)),
  }));
  // An input that is handed on as an output keeps its own name: the output is the same value.
  const handed = f.outputs.flatMap((name, i): NodeProto[] => {
    const input = f.inputs.indexOf(name);
    const output = call.outputs[i];
    return input < 0 || !output
      ? []
      : [{ opType: 'Identity', inputs: [call.inputs[input] ?? ''], outputs: [output], attributes: [], name: '' }];
  });
  return [...passed, ...handed];
}

/** An attribute of a node of a function: as it is, or that of the call it refers to; none where the call leaves it out. */
function attribute(a: AttributeProto, given: ReadonlyMap<string, AttributeProto>): AttributeProto[] {
  if (a.type !== 'reference') return [a];
  const found = given.get(a.to);
  return found ? [{ ...found, name: a.name }] : [];
}

function checkOperators({ opsetImports }: ModelProto, f: FunctionProto, call: NodeProto): void {
  const version = (list: FunctionProto['opsetImports']) => list.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;
  const [own, model] = [version(f.opsetImports), version(opsetImports)];
  if (own !== undefined && own !== model) throw refused(call, `uses operator set ${own}, the model ${model}`);
}

function refused(node: NodeProto, what: string): ModelError {
  const name = node.name || node.outputs[0] || node.opType;
  return new ModelError('unsupported', `The function ${node.opType} of '${name}' ${what}, which is not supported.`, { where: name });
}
