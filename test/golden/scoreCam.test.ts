/**
 * Score-CAM against its authors' code and pytorch-grad-cam: masked logits, channel weights and maps at every layer given, on
 * the tiny networks in every file form and on two trained networks.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Executor, Program } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import type { Subject } from '../../src/explain/method.ts';
import { maskChannels, scoreCam } from '../../src/explain/methods/scoreCam.ts';
import { planForward } from '../../src/explain/plan.ts';
import { targetScore } from '../../src/explain/target.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Layer, Model } from '../../src/importers/model.ts';
import { answersTo, inputTensor } from '../support/ask.ts';
import { resize } from '../support/bilinear.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { Golden, slice } from '../support/golden.ts';
import { goldenInput, realNets } from '../support/realNets.ts';
import { sharedMissing } from '../support/shared.ts';

/** Our variant by the golden arrays' name of it. */
const variants = { authors: 'authors', pgc: 'softmax' } as const;
type Name = keyof typeof variants;
const names = Object.keys(variants) as Name[];

const nets = ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped'];

for (const engine of executors) {
  for (const net of nets) {
    test(`${net} on ${engine.id}`, async (t) => {
      const golden = Golden.open(`tinynets/${net}`);
      if (!golden) return t.skip(sharedMissing);
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      for (const file of golden.manifest.models ?? []) {
        if (!file.file.endsWith('.onnx') && !file.file.endsWith('model.json')) continue;
        await t.test(file.file, async () => {
          const model = await openModel(await fileSource(join(golden.folder, file.file)));
          const nodes = file.nodeToTensor ?? file.nodeToLayer ?? {};
          assert.ok((await tinyNet(golden, model, nodes, executor)) > 0, 'layers compared');
        });
      }
    });
  }
}

async function tinyNet(golden: Golden, model: Model, nodes: Record<string, string>, executor: Executor): Promise<number> {
  const forward = await executor.compile(planForward(model));
  const given = golden.manifest.arrays.filter((a) => /^scorecam_authors_(?!w_|final_)/.test(a.file)).map((a) => a.layer as string);
  const layers = given.filter((layer) => nodes[layer] !== undefined);
  for (const node of layers) {
    const layer = findLayer(model, nodes[node] as string);
    for (let i = 0; i < 2; i++) {
      const input = slice(golden.values('input.f32'), golden.array('input.f32').shape, i).slice();
      const all = await runs({ model, forward, executor }, layer, input);
      maskedLogits(golden, node, i, all.authors, model.classes);
      for (const [t, target] of (golden.manifest.targets as number[]).entries()) {
        for (const name of names) {
          const { weights, map } = all[name].at(target);
          near(golden, `scorecam_${name}_w_${node}.f32`, weights, i, t);
          near(golden, `scorecam_${name}_${node}.f32`, map, i, t);
        }
        near(golden, `scorecam_authors_final_${node}.f32`, drawn(all.authors.at(target).map, layer, model), i, t);
      }
    }
  }
  await forward.dispose();
  return layers.length;
}

function near(golden: Golden, file: string, actual: Float32Array, ...index: number[]): void {
  golden.near(file, actual, slice(golden.values(file), golden.array(file).shape, ...index));
}

/** Logits behind the authors' masks, where a channel is not constant: they leave those out. */
function maskedLogits(golden: Golden, node: string, i: number, { asked, rows }: Run, classes: number): void {
  const file = `scorecam_maskedlogits_${node}.f32`;
  const { shape } = golden.array(file);
  const channels = shape[1] as number;
  const actual = slice(golden.values(file), shape, i).slice();
  let compared = 0;
  for (let c = 0; c < classes; c++) {
    // The authors' weight is the score itself: with the logit as score, the logit.
    const logits = asked.weights({ whole: 0, of: (n) => (rows[n] as Float32Array)[c] as number }, asked.count);
    for (let k = 0; k < channels; k++) {
      if (logits[k] === 0) continue;
      actual[k * classes + c] = logits[k] as number;
      compared += 1;
    }
  }
  assert.equal(compared, asked.count * classes, 'every channel asked about');
  near(golden, file, actual, i);
}

/** As the authors' code returns it: enlarged, ReLU, min-max; zeros where it is constant. */
function drawn(map: Float32Array, layer: Layer, { input: { height, width } }: Model): Float32Array {
  const [h, w] = layer.shape.slice(2).map(Number) as [number, number];
  const large = resize(map, [h, w], [height, width], 'half_pixel').map((v) => Math.max(0, v));
  const [min, max] = [Math.min(...large), Math.max(...large)];
  return Float32Array.from(large, (v) => (max > min ? (v - min) / (max - min) : 0));
}

interface Run {
  asked: ReturnType<typeof maskChannels>;
  /** Logits [classes] of each input asked about. */
  rows: Float32Array[];
  at(target: number): { weights: Float32Array; map: Float32Array };
}

/** Both variants at one layer, for every class. */
async function runs(
  { model, forward, executor }: { model: Model; forward: Program; executor: Executor },
  layer: Layer,
  input: Float32Array,
): Promise<Record<Name, Run>> {
  const read = await executor.compile(planForward(model, layer.value));
  const out = await read.run({ [model.input.value]: inputTensor(model, input) });
  await read.dispose();
  const [channels, height, width] = layer.shape.slice(1).map(Number) as [number, number, number];
  const activation = { values: new Float32Array(out[layer.value]?.data as Float32Array), channels, height, width };
  const { input: size } = model;
  const subject = {
    input,
    black: [],
    channels: size.channels,
    height: size.height,
    width: size.width,
    params: { channels: 0 },
    activation,
  };
  const run = async (variant: string): Promise<Run> => {
    const asked = maskChannels({ ...subject, variant } satisfies Subject);
    const rows = await answersTo(forward, model, asked, input.length);
    const at = (target: number) => {
      const how = { score: scoreCam.score(variant), activation: 'softmax' } as const;
      const scores = { whole: 0, of: (i: number) => targetScore({ class: target, against: undefined }, rows[i] as Float32Array, how) };
      return { weights: Float32Array.from(asked.weights(scores, asked.count)), map: asked.map(scores, asked.count) };
    };
    return { asked, rows, at };
  };
  return { authors: await run(variants.authors), pgc: await run(variants.pgc) };
}

const trained = [
  { name: 'squeezenet', layer: 'fire9_concat' },
  { name: 'mobilenet', layer: 'conv_pw_13_relu' },
];

for (const { name, layer } of trained) {
  test(`${name} on onnxruntime`, async (t) => {
    const golden = Golden.open(`realnets/${name}`);
    if (!golden) return t.skip(sharedMissing);
    const executor = await createOrSkip(t, executors[0] as (typeof executors)[number]);
    if (!executor) return;
    const net = realNets.find((n) => n.name === name) as (typeof realNets)[number];
    for (const [f, file] of net.files.entries()) {
      if (file === undefined) return t.diagnostic(`left out: ${name}'s model file is not there`);
      const model = await openModel(await fileSource(file));
      const forward = await executor.compile(planForward(model));
      // Hundreds of forward passes a map: every image in the first format, one in the second.
      const images = (golden.manifest.images ?? []).slice(0, f === 0 ? undefined : 1);
      for (const image of images) {
        const all = await runs({ model, forward, executor }, findLayer(model, layer), goldenInput(golden, image, model, net));
        for (const [k, target] of image.targets.entries()) {
          for (const variant of names) {
            const { weights, map } = all[variant].at(target);
            near(golden, `${image.key}_scorecam_${variant}_w_${layer}.f32`, weights, k);
            near(golden, `${image.key}_scorecam_${variant}_${layer}.f32`, map, k);
          }
        }
      }
      await forward.dispose();
    }
  });
}
