// Asking a compiled network: the tensors it is fed, its logits, occlusion through it.
import type { Program } from '../../src/execute/executor.ts';
import type { Params, Perturbation, PerturbationMethod } from '../../src/explain/method.ts';
import { occlusion } from '../../src/explain/methods/occlusion.ts';
import { targetScore } from '../../src/explain/target.ts';
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

/** Logits [classes] for each of the inputs, of `size` numbers. */
export async function answersTo(program: Program, model: Model, asked: Perturbation, size: number): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  while (rows.length < asked.count) {
    const n = Math.min(16, asked.count - rows.length);
    const batch = new Float32Array(n * size);
    for (let i = 0; i < n; i++) asked.fill(rows.length + i, batch.subarray(i * size, (i + 1) * size));
    const logits = await logitsOf(program, model, batch, n);
    for (let i = 0; i < n; i++) rows.push(logits.slice(i * model.classes, (i + 1) * model.classes));
  }
  return rows;
}

/** Map of a perturbation method for the logit of `target`; `program` is the forward pass. */
export async function perturbed(
  program: Program,
  model: Model,
  method: PerturbationMethod,
  input: Float32Array,
  target: number,
  { variant = method.info.variants[0]?.id as string, params }: { variant?: string; params: Params },
): Promise<Float32Array> {
  const { channels, height, width } = model.input;
  const asked = method.prepare({ input, black: new Float32Array(channels), channels, height, width, variant, params });
  const score = (logits: Float32Array) =>
    targetScore({ class: target, against: undefined }, logits, { score: method.score(variant), activation: model.activation });
  const rows = await answersTo(program, model, asked, input.length);
  const whole = score(await logitsOf(program, model, input));
  return asked.map({ whole, of: (i) => score(rows[i] as Float32Array) }, rows.length);
}

/** Occlusion map [H,W] of the logit of `target`, covering with 0. */
export async function occlude(
  program: Program,
  model: Model,
  input: Float32Array,
  target: number,
  { window, stride }: { window: number; stride: number },
): Promise<Float32Array> {
  return await perturbed(program, model, occlusion, input, target, { params: { window, stride, baseline: 0 } });
}
