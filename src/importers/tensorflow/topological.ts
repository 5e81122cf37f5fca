import { ModelError } from '../../shared/errors.ts';
import type { TfNode } from './graph.ts';

/**
 * Nodes in an order in which each stands after what it reads; the file's own order where it leaves a choice.
 * @param given tensors that need no node: inputs and constants
 * @throws ModelError('file-corrupt') naming a tensor that nothing makes, or a circle.
 */
export function topological(nodes: readonly TfNode[], given: readonly string[]): TfNode[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const known = new Set(given);
  const state = new Map<TfNode, 'open' | 'done'>();
  const sorted: TfNode[] = [];
  // Depth first with an explicit stack: files decide how deep it goes.
  const stack: { node: TfNode; next: number }[] = [];
  for (const root of nodes) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    stack.push({ node: root, next: 0 });
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const input = frame.node.inputs[frame.next++];
      if (frame.next > frame.node.inputs.length) {
        state.set(frame.node, 'done');
        sorted.push(frame.node);
        stack.pop();
        continue;
      }
      if (input === undefined || input === '' || known.has(input)) continue;
      const maker = makers.get(input);
      if (!maker) throw broken(`Node '${frame.node.name}' reads '${input}', which nothing in the file makes`, frame.node);
      if (state.get(maker) === 'open') throw broken(`Nodes feed each other in a circle at '${maker.name}'`, maker);
      if (state.get(maker) === 'done') continue;
      state.set(maker, 'open');
      stack.push({ node: maker, next: 0 });
    }
  }
  return sorted;
}

function broken(what: string, { name }: TfNode): ModelError {
  return new ModelError('file-corrupt', `${what}.`, { where: name, hint: 'Save or convert the model again.' });
}
