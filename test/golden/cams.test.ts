/**
 * The CAM family and the backpropagation methods on six tiny networks against PyTorch in float64 (../shared/golden/tinynets):
 * guided backpropagation and deconvnet at the input, every map and every vector of channel weights, each within the
 * tolerance its manifest states, from every file form that has the nodes, on every engine.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import type { GraphMethod, LayerValues } from '../../src/explain/method.ts';
import { cam } from '../../src/explain/methods/cam.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { gradCamPlusPlus, plusPlusWeights } from '../../src/explain/methods/gradCamPlusPlus.ts';
import { hiresCam } from '../../src/explain/methods/hiresCam.ts';
import { layerCam } from '../../src/explain/methods/layerCam.ts';
import { xgradCam, xgradWeights } from '../../src/explain/methods/xgradCam.ts';
import { planMaps } from '../../src/explain/plan.ts';
import { gradient } from '../../src/explain/sweeps/gradient.ts';
import { deconvnet, guided } from '../../src/explain/sweeps/reluRules.ts';
import { channelMeans } from '../../src/explain/weights.ts';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { Golden, type GoldenArray, slice } from '../support/golden.ts';
import { sharedMissing } from '../support/shared.ts';
import { type Ask, sweepProgram } from '../support/sweepProgram.ts';

const nets = ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped'];

/** Golden arrays at the input, by name. */
const atInput = {
  grad: gradient,
  guided: guided.relu,
  deconv: deconvnet.relu,
  guided_relu6: guided.rectifiers,
  deconv_relu6: deconvnet.rectifiers,
};

/** Golden maps, by what stands before the layer in their name. */
const maps: Readonly<Record<string, [method: GraphMethod, variant: string]>> = {
  gradcam: [gradCam, 'standard'],
  gradcampp_authors: [gradCamPlusPlus, 'authors'],
  gradcampp_pgc: [gradCamPlusPlus, 'pgc'],
  layercam: [layerCam, 'standard'],
  xgradcam: [xgradCam, 'standard'],
  hirescam: [hiresCam, 'standard'],
  cam: [cam, 'signed'],
};

type Weights = (b: GraphBuilder, at: LayerValues) => string;
const weights: Readonly<Record<string, Weights>> = {
  gradcam_w: (b, at) => channelMeans(b, at.swept(gradient)),
  gradcampp_authors_w: (b, at) => plusPlusWeights(b, at, 'authors'),
  gradcampp_pgc_w: (b, at) => plusPlusWeights(b, at, 'pgc'),
  xgradcam_w: xgradWeights,
};

for (const engine of executors) {
  for (const net of nets) {
    test(`gradient and CAM methods of ${net} on ${engine.id}`, async (t) => {
      const golden = Golden.open(`tinynets/${net}`);
      if (!golden) return t.skip(sharedMissing);
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      const files = golden.manifest.models?.filter((m) => m.file.endsWith('.onnx') || m.file.endsWith('model.json')) ?? [];
      const reached = new Set<string>();
      for (const file of files) {
        const model = await openModel(await fileSource(join(golden.folder, file.file)));
        const subject = { golden, model, names: file.nodeToTensor ?? file.nodeToLayer ?? {}, executor };
        await t.test(file.file, async () => {
          for (const array of [...(await sweeps(subject)), ...(await layerMaps(subject))]) reached.add(array);
        });
      }
      const left = golden.manifest.arrays.filter((a) => keyOf(a) !== undefined && !a.illConditioned && !reached.has(a.file));
      assert.deepEqual(left, [], 'arrays that no file could be compared with');
    });
  }
}

interface Subject {
  golden: Golden;
  model: Model;
  /** Name in this file of each node of the golden network. */
  names: Record<string, string>;
  executor: Executor;
}

/** What an array is, where it is ours to compute: `guided`, `xgradcam_w`. */
function keyOf({ file, layer }: GoldenArray): string | undefined {
  const name = file.replace(/\.f32$/, '');
  const key = layer !== undefined && name.endsWith(`_${layer}`) ? name.slice(0, -layer.length - 1) : name;
  return key in atInput || key in maps || key in weights || key === 'layergrad' ? key : undefined;
}

/** Name of the layer an array stands at, undefined where this file has none (folded or fused away). */
function layerOf({ model, names }: Subject, { layer }: GoldenArray): string | undefined {
  const name = layer === undefined ? undefined : names[layer];
  return name === undefined ? undefined : findLayer(model, name).name;
}

/** The score is exp(z) in the authors' code, and ours z: their weights and maps are e^z times ours. */
function factor({ golden, model }: Subject, key: string, image: number, target: number): number {
  return key.startsWith('gradcampp_authors') ? Math.exp(golden.values('logits.f32')[image * model.classes + target] as number) : 1;
}

/** Gradients of every kind [C,H,W], and channel weights. Returns the arrays compared. */
async function sweeps(subject: Subject): Promise<string[]> {
  const { golden, model, executor } = subject;
  const asks = golden.manifest.arrays.flatMap((array): (Ask & { array: GoldenArray; key: string })[] => {
    const key = keyOf(array);
    if (key === undefined || key in maps) return [];
    if (key in atInput) {
      return [{ array, key, value: model.input.value, sweeps: [atInput[key as keyof typeof atInput]], emit: (_, [g]) => g as string }];
    }
    const layer = layerOf(subject, array);
    if (layer === undefined) return [];
    const { value } = findLayer(model, layer);
    const weigh = weights[key];
    const emit: Ask['emit'] = (b, [g]) => (weigh ? weigh(b, valuesAt(b, model, value, g as string)) : (g as string));
    return [{ array, key, value, sweeps: [gradient], emit }];
  });
  const program = await sweepProgram(executor, model, asks);
  await eachTarget(subject, async (t, target, images) => {
    const results = await program.run(golden.values('input.f32'), oneHot(model.classes, target, images));
    asks.forEach(({ array, key }, a) => {
      const { data, shape } = results[a] as { data: Float32Array; shape: readonly number[] };
      compare(subject, array, key, { data, shape, t, target });
    });
  });
  await program.dispose();
  return asks.map(({ array }) => array.file);
}

function valuesAt(b: GraphBuilder, model: Model, activation: string, g: string): LayerValues {
  const { input, logits } = model;
  return {
    model,
    activation,
    shape: b.shape(activation),
    input: input.value,
    logits,
    target: 'target',
    swept: () => g,
    sweptAtInput: () => g,
  };
}

/** Maps [H,W] of one plan. Returns the arrays compared. */
async function layerMaps(subject: Subject): Promise<string[]> {
  const { golden, model, executor } = subject;
  const asks = golden.manifest.arrays.flatMap((array) => {
    const key = keyOf(array);
    const map = key === undefined ? undefined : maps[key];
    const layer = layerOf(subject, array);
    return map && key && layer !== undefined ? [{ array, key, method: map[0], variant: map[1], layer }] : [];
  });
  const plan = planMaps(model, asks);
  const program = await executor.compile(plan.graph);
  await eachTarget(subject, async (t, target, images) => {
    const input = inputTensor(model, golden.values('input.f32'), images);
    const results = await program.run({ [model.input.value]: input, [plan.classInput]: oneHot(model.classes, target, images) });
    asks.forEach(({ array, key }, a) => {
      const { data, shape } = results[plan.maps[a] as string] as { data: Float32Array; shape: readonly number[] };
      compare(subject, array, key, { data, shape, t, target });
    });
  });
  await program.dispose();
  return asks.map(({ array }) => array.file);
}

async function eachTarget({ golden }: Subject, run: (t: number, target: number, images: number) => Promise<void>): Promise<void> {
  const images = golden.array('input.f32').shape[0] as number;
  for (const [t, target] of (golden.manifest.targets as number[]).entries()) await run(t, target, images);
}

interface Result {
  data: Float32Array;
  shape: readonly number[];
  t: number;
  target: number;
}

function compare(subject: Subject, array: GoldenArray, key: string, { data, shape, t, target }: Result): void {
  const { golden } = subject;
  if (array.illConditioned) return;
  for (let i = 0; i < (shape[0] as number); i++) {
    const scale = factor(subject, key, i, target);
    const own = slice(data, shape, i).map((v) => v * scale);
    golden.near(array.file, own, slice(golden.values(array.file), array.shape, i, t));
  }
}
