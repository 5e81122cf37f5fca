/**
 * Six tiny networks in every file form that is imported, on every engine, against PyTorch in float64: logits, every
 * activation, input and layer gradients, Grad-CAM, occlusion; each within the tolerance its manifest states.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { planForward, planMaps } from '../../src/explain/plan.ts';
import { type Tensor, typeOf } from '../../src/graph/graph.ts';
import { prune } from '../../src/graph/prune.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { differentiate } from '../../src/transform/differentiate.ts';
import { inputTensor, occlude, oneHot } from '../support/ask.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { Golden, type GoldenModelFile, slice } from '../support/golden.ts';
import { sharedMissing } from '../support/shared.ts';

const nets = ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped'];
const importable = (file: GoldenModelFile) => /\.(onnx|keras|h5)$|model\.json$/.test(file.file);

for (const engine of executors) {
  for (const net of nets) {
    test(`${net} on ${engine.id}`, async (t) => {
      const golden = Golden.open(`tinynets/${net}`);
      if (!golden) return t.skip(sharedMissing);
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      const files = golden.manifest.models?.filter(importable) ?? [];
      assert.ok(files.length >= 4, 'at least four importable files');
      for (const file of files) {
        await t.test(file.file, async () => {
          await compare(golden, file, executor);
        });
      }
    });
  }
}

interface Subject {
  golden: Golden;
  model: Model;
  /** Name in this file of each node of the golden network. */
  names: Record<string, string>;
  executor: Executor;
  /** [batch,C,H,W]. */
  input: Tensor;
}

async function compare(golden: Golden, file: GoldenModelFile, executor: Executor): Promise<void> {
  const model = await openModel(await fileSource(join(golden.folder, file.file)));
  const names = file.nodeToTensor ?? file.nodeToLayer ?? {};
  const input = inputTensor(model, golden.values('input.f32'), golden.array('input.f32').shape[0]);
  const subject = { golden, model, names, executor, input };
  await forwardPass(subject);
  for (const [t, target] of (golden.manifest.targets as number[]).entries()) {
    await backwardPass(subject, t, target);
    await gradCams(subject, t, target);
  }
  await occlusions(subject);
}

/** Graph value of a golden node, undefined where this file has none (folded or fused away). */
function graphValue(model: Model, names: Record<string, string>, node: string | undefined): string | undefined {
  const name = node === undefined ? undefined : names[node];
  if (name === undefined) return undefined;
  return model.graph.types.has(name) ? name : findLayer(model, name).value;
}

/** Compares a result [batch,…] with the golden values [batch,target,…] of target number `t`. */
function nearEach(golden: Golden, file: string, shape: readonly number[], actual: Tensor, t: number): void {
  for (let i = 0; i < (actual.shape[0] as number); i++) {
    golden.near(file, slice(actual.data as Float32Array, actual.shape, i), slice(golden.values(file), shape, i, t));
  }
}

async function forwardPass({ golden, model, names, executor, input }: Subject): Promise<void> {
  const activations = golden.manifest.arrays.flatMap((a) => {
    const value = a.file.startsWith('act_') ? graphValue(model, names, a.layer) : undefined;
    return value === undefined ? [] : [{ file: a.file, value, rank: a.shape.length }];
  });
  const outputs = [...new Set([model.logits, ...activations.map((a) => a.value)])];
  const program = await executor.compile(prune(model.graph, outputs));
  const results = await program.run({ [model.input.value]: input });
  golden.near('logits.f32', results[model.logits]?.data as Float32Array);
  let compared = 0;
  for (const { file, value, rank } of activations) {
    // A flattened layer of a channels-last file has its rows in H,W,C order: another layout of the same values.
    if (file === 'act_flat.f32' && typeOf(model.graph, value).shape.length === rank && model.input.layout === 'NHWC') continue;
    golden.near(file, results[value]?.data as Float32Array);
    compared += 1;
  }
  assert.ok(compared >= 4, `${compared} activations compared`);
  await program.dispose();
}

async function backwardPass({ golden, model, names, executor, input }: Subject, t: number, target: number): Promise<void> {
  const gradients = golden.manifest.arrays.filter((a) => a.file === 'grad.f32' || a.file.startsWith('layergrad_'));
  const wanted = gradients.flatMap((a) => {
    const value = a.file === 'grad.f32' ? model.input.value : graphValue(model, names, a.layer);
    return value === undefined ? [] : [{ ...a, value }];
  });
  const b = newBuilder(prune(model.graph, [model.logits]));
  const seed = b.input('class', { dtype: 'float32', shape: ['N', model.classes] });
  const made = differentiate(b, model.logits, seed, [...new Set(wanted.map((w) => w.value))]);
  const outputs = [...new Set(made.values())];
  const program = await executor.compile(prune(b.build(outputs), outputs));
  const batch = input.shape[0] as number;
  const results = await program.run({ [model.input.value]: input, class: oneHot(model.classes, target, batch) });
  for (const { file, shape, value } of wanted) {
    nearEach(golden, file, shape, results[made.get(value) as string] as Tensor, t);
  }
  await program.dispose();
}

async function gradCams({ golden, model, names, executor, input }: Subject, t: number, target: number): Promise<void> {
  const maps = golden.manifest.arrays.flatMap((a) => {
    const name = /^gradcam_(?!w_)/.test(a.file) ? names[a.layer as string] : undefined;
    return name === undefined ? [] : [{ ...a, layer: findLayer(model, name).name }];
  });
  assert.ok(maps.length >= 1, 'Grad-CAM compared');
  const plan = planMaps(
    model,
    maps.map(({ layer }) => ({ method: gradCam, variant: 'standard', layer })),
  );
  const program = await executor.compile(plan.graph);
  const batch = input.shape[0] as number;
  const results = await program.run({ [model.input.value]: input, [plan.classInput]: oneHot(model.classes, target, batch) });
  maps.forEach(({ file, shape }, m) => {
    nearEach(golden, file, shape, results[plan.maps[m] as string] as Tensor, t);
  });
  await program.dispose();
}

async function occlusions({ golden, model, executor, input }: Subject): Promise<void> {
  const program = await executor.compile(planForward(model));
  const batch = input.shape[0] as number;
  for (const array of golden.manifest.arrays.filter((a) => a.file.startsWith('occlusion_'))) {
    const [window, stride] = Array.from(array.file.matchAll(/\d+/g), Number) as [number, number];
    for (let i = 0; i < batch; i++) {
      const image = slice(input.data as Float32Array, input.shape, i).slice();
      for (const [t, target] of (golden.manifest.targets as number[]).entries()) {
        const map = await occlude(program, model, image, target, { window, stride });
        golden.near(array.file, map, slice(golden.values(array.file), array.shape, i, t, 0));
      }
    }
  }
  await program.dispose();
}
