import { formatShape, type Graph, type Node } from './graph.ts';

/** One readable line per input, constant and node: `name [shape] = Op(inputs) {attrs}`. Stable, for golden files and `--dump-plan`. */
export function print(graph: Graph): string {
  const lines: string[] = [];
  const shape = (v: string) => formatShape(graph.types.get(v)?.shape ?? []);
  for (const name of graph.inputs.keys()) lines.push(`input ${name} ${shape(name)}`);
  for (const [name, t] of graph.constants) lines.push(`const ${name} ${t.dtype === 'float32' ? '' : t.dtype}${shape(name)}`);
  for (const node of graph.nodes) {
    lines.push(`${node.outputs.map((o) => `${o} ${shape(o)}`).join(', ')} = ${node.op}(${node.inputs.join(', ')})${attributes(node)}`);
  }
  lines.push(`outputs ${graph.outputs.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function attributes(node: Node): string {
  const entries = Object.entries(node.attrs);
  return entries.length === 0 ? '' : ` {${entries.map(([k, v]) => `${k}:${JSON.stringify(v)}`).join(' ')}}`;
}
