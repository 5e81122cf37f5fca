import { isRef, type KerasLayer, type KerasModel, type TensorRef } from './model.ts';
import { corrupt } from './parse.ts';

/** One call of a layer. */
export interface Step {
  layer: KerasLayer;
  call: number;
  /** Keys of the steps whose outputs it takes; aligned with the refs among its operands. */
  from: readonly TensorRef[];
}

export const stepKey = (layer: string, call: number): string => `${call} ${layer}`;

/**
 * The calls a model's outputs depend on, each after what it takes, in file order where that leaves a choice.
 * Refs come back with the call number counted from 0.
 * @throws ModelError 'file-corrupt' for a ref to a layer that is not there, and for a circle.
 */
export function executionOrder(model: KerasModel): { steps: Step[]; outputs: TensorRef[] } {
  const resolve = resolver(model);
  const outputs = model.outputs.map((ref) => resolve(ref, `The output of model '${model.name}'`));
  if (outputs.length === 0) throw corrupt(`Model '${model.name}' names no output layers.`);
  const needed = new Map<string, Step>();
  for (const layer of model.layers) {
    const calls = layer.className === 'InputLayer' ? [[]] : layer.calls;
    calls.forEach((operands, call) => {
      const from = operands.filter(isRef).map((ref) => resolve(ref, `Layer '${layer.name}'`));
      needed.set(stepKey(layer.name, call), { layer, call, from });
    });
  }
  const steps: Step[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const ref of [...model.inputs.map((name) => resolve({ layer: name, call: 0, tensor: 0 }, 'The input list')), ...outputs]) {
    visit(stepKey(ref.layer, ref.call), needed, state, steps);
  }
  return { steps, outputs };
}

/** Depth first with an explicit stack: files decide how deep it goes. */
function visit(root: string, all: ReadonlyMap<string, Step>, state: Map<string, 'open' | 'done'>, steps: Step[]): void {
  const stack: { key: string; next: number }[] = [];
  const enter = (key: string) => {
    if (state.get(key) === 'done') return;
    if (state.get(key) === 'open') {
      const circle = [...stack.slice(stack.findIndex((f) => f.key === key)).map((f) => f.key), key];
      const names = circle.map((k) => `'${all.get(k)?.layer.name}'`);
      throw corrupt(`Layers feed each other in a circle: ${names.reverse().join(' → ')}.`, all.get(key)?.layer.name);
    }
    state.set(key, 'open');
    stack.push({ key, next: 0 });
  };
  enter(root);
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const step = all.get(frame.key) as Step;
    const ref = step.from[frame.next];
    if (ref) {
      frame.next += 1;
      enter(stepKey(ref.layer, ref.call));
    } else {
      state.set(frame.key, 'done');
      steps.push(step);
      stack.pop();
    }
  }
}

/**
 * Checks a ref and gives it with its call counted from 0. Keras 2 counts the calls of a nested model from 1 where the model
 * was built from an Input, because its own construction is call 0 and is not written.
 */
function resolver(model: KerasModel): (ref: TensorRef, reader: string) => TensorRef {
  const layers = new Map(model.layers.map((l) => [l.name, l]));
  const highest = new Map<string, number>();
  const refs = [...model.outputs, ...model.layers.flatMap((l) => l.calls.flat().filter(isRef))];
  for (const { layer, call } of refs) highest.set(layer, Math.max(call, highest.get(layer) ?? 0));
  return (ref, reader) => {
    const layer = layers.get(ref.layer);
    if (!layer) throw corrupt(`${reader} takes input from '${ref.layer}', which is not in the file.`, ref.layer);
    if (layer.className === 'InputLayer') return { ...ref, call: 0 };
    const shift = layer.model && (highest.get(ref.layer) ?? 0) >= layer.calls.length ? 1 : 0;
    const call = ref.call - shift;
    if (call < 0 || call >= layer.calls.length) {
      throw corrupt(`${reader} takes call ${ref.call} of '${ref.layer}', which is called ${layer.calls.length} times.`, ref.layer);
    }
    return { ...ref, call };
  };
}
