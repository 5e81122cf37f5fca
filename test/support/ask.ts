// Asking a compiled network: the tensors it is fed, its logits, occlusion through it.
import type { Program } from '../../src/execute/executor.ts';
import { occlusion } from '../../src/explain/methods/occlusion.ts';
import type { Tensor } from '../../src/graph/graph.ts';
import type { Model } from '../../src/importers/model.ts';

/** [n,classes], 1 at `target` in every row. */
export function oneHot(classes: number, target: number, n = 1): Tensor {
  const data = new Float32Array(n * classes);
  for (let i = 0; i < n; i++) data[i * classes + target] = 1;
  return { dtype: 'float32', shape: [n, classes], data };
}

/** `data` as n inputs of the model. */
export function inputTensor({ input: { channels, height, width } }: Model, data: Float32Array, n = 1): Tensor {
  return { dtype: 'float32', shape: [n, channels, height, width], data };
}

/** Logits [n,classes]; `program` is the forward pass. */
export async function logitsOf(program: Program, model: Model, data: Float32Array, n = 1): Promise<Float32Array> {
  const out = await program.run({ [model.input.value]: inputTensor(model, data, n) });
  return out[model.logits]?.data as Float32Array;
}

/** Occlusion map [H,W] of the logit of `target`, covering with 0. */
export async function occlude(
  program: Program,
  model: Model,
  input: Float32Array,
  target: number,
  { window, stride }: { window: number; stride: number },
): Promise<Float32Array> {
  const { channels, height, width } = model.input;
  return await occlusion.run({
    input,
    channels,
    height,
    width,
    class: target,
    classes: model.classes,
    variant: 'logit',
    params: { window, stride, baseline: 0 },
    batchSize: 16,
    forward: (batch, n) => logitsOf(program, model, batch, n),
    probability: () => Number.NaN,
    report: () => {},
  });
}
