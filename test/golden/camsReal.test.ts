/**
 * CAM methods and guided backpropagation of trained networks against reference libraries (../shared/golden/realnets):
 * Grad-CAM, both Grad-CAM++ and CAM raw, guided gradients as block sums and a crop; identities on the same networks.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import type { GraphMethod } from '../../src/explain/method.ts';
import { cam } from '../../src/explain/methods/cam.ts';
import { eigenCam } from '../../src/explain/methods/eigenCam.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { gradCamPlusPlus } from '../../src/explain/methods/gradCamPlusPlus.ts';
import { hiresCam } from '../../src/explain/methods/hiresCam.ts';
import { planForward, planMaps } from '../../src/explain/plan.ts';
import { guided } from '../../src/explain/sweeps/reluRules.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { closeTo } from '../support/closeTo.ts';
import { executors } from '../support/executors.ts';
import { Golden, type GoldenArray, type GoldenImage, similarity, slice } from '../support/golden.ts';
import { goldenInput, type RealNet, realNets, testRealNets } from '../support/realNets.ts';
import { sharedMissing } from '../support/shared.ts';
import { sweepProgram } from '../support/sweepProgram.ts';

testRealNets('CAM methods', async ({ golden, file, net, executor }) => {
  const subject = { golden, net, executor, model: await openModel(await fileSource(file)) };
  await layerMaps(subject);
  await guidedGradients(subject);
});

interface Subject {
  golden: Golden;
  net: RealNet;
  model: Model;
  executor: Executor;
}

const kinds: readonly { name: RegExp; method: GraphMethod; variant: string }[] = [
  { name: /^gradcam_(?!w_)/, method: gradCam, variant: 'standard' },
  { name: /^gradcampp_authors_(?!w_)/, method: gradCamPlusPlus, variant: 'authors' },
  { name: /^gradcampp_pgc_(?!w_)/, method: gradCamPlusPlus, variant: 'pgc' },
  { name: /^cam$/, method: cam, variant: 'signed' },
];

/** Array names without their image. */
function named(golden: Golden, image: GoldenImage): { array: GoldenArray; name: string }[] {
  const own = golden.manifest.arrays.filter((array) => array.file.startsWith(`${image.key}_`));
  return own.map((array) => ({ array, name: array.file.slice(image.key.length + 1).replace(/\.f32$/, '') }));
}

async function layerMaps({ golden, net, model, executor }: Subject): Promise<void> {
  const images = golden.manifest.images as GoldenImage[];
  const asks = named(golden, images[0] as GoldenImage).flatMap(({ array, name }) => {
    const kind = kinds.find((k) => k.name.test(name));
    return kind ? [{ ...kind, key: name, layer: findLayer(model, array.layer as string).name }] : [];
  });
  assert.ok(asks.length >= 3, `${asks.length} arrays`);
  const head = cam.refuses?.(model) ? undefined : cam.onlyLayer?.(model);
  const identities = head === undefined ? [] : [cam, gradCam, hiresCam].map((method) => ({ method, variant: 'signed', layer: head }));
  const plan = planMaps(model, [...asks, ...identities]);
  const program = await executor.compile(plan.graph);
  for (const image of images) {
    const input = inputTensor(model, goldenInput(golden, image, model, net));
    for (const [t, target] of image.targets.entries()) {
      const out = await program.run({ [model.input.value]: input, [plan.classInput]: oneHot(model.classes, target) });
      const maps = plan.maps.map((value) => out[value]?.data as Float32Array);
      asks.forEach(({ key }, a) => {
        const file = `${image.key}_${key}.f32`;
        golden.near(file, maps[a] as Float32Array, slice(golden.values(file), golden.array(file).shape, t));
      });
      if (head !== undefined) sameAsGradCam(maps.slice(asks.length) as [Float32Array, Float32Array, Float32Array]);
    }
  }
  await program.dispose();
}

/** CAM = H·W × Grad-CAM = H·W × HiRes-CAM, before any ReLU. */
function sameAsGradCam([exact, grad, hires]: readonly [Float32Array, Float32Array, Float32Array]): void {
  const scale = Math.max(...exact.map(Math.abs));
  const near = (map: Float32Array) => map.every((v, i) => Math.abs(v * map.length - (exact[i] as number)) <= 1e-5 * scale);
  assert.ok(near(grad), 'CAM is H·W times Grad-CAM');
  assert.ok(near(hires), 'and H·W times HiRes-CAM');
}

/** Block sums, a crop or all of the guided gradients, by cosine and relative error: single pixels flip with the rounding. */
async function guidedGradients({ golden, net, model, executor }: Subject): Promise<void> {
  const ask = { value: model.input.value, sweeps: [guided.rectifiers], emit: (_: unknown, [g]: readonly string[]) => g as string };
  const program = await sweepProgram(executor, model, [ask]);
  let compared = 0;
  for (const image of golden.manifest.images as GoldenImage[]) {
    const input = goldenInput(golden, image, model, net);
    for (const [t, target] of image.targets.entries()) {
      const [gradients] = await program.run(input, oneHot(model.classes, target));
      for (const { array, name } of named(golden, image).filter((n) => n.name.startsWith('guided'))) {
        const actual = partOf(gradients?.data as Float32Array, model, name, array);
        const { cosine, relL2 } = similarity(actual, slice(golden.values(array.file), array.shape, t));
        const { cosineAtLeast = 1, relL2: allowed = 0 } = array.tolerance;
        assert.ok(cosine >= cosineAtLeast && relL2 <= allowed, `${array.file}: cosine ${cosine}, relative error ${relL2}`);
        compared += 1;
      }
    }
  }
  assert.ok(compared >= 6, `${compared} guided arrays compared`);
  await program.dispose();
}

/** `guided_sum4`: sums over 4×4 pixels; `guided_crop32`: 32×32 pixels from the middle. */
function partOf(values: Float32Array, { input }: Model, name: string, { shape }: GoldenArray): Float32Array {
  const [, channels, rows, columns] = shape as [number, number, number, number];
  const block = Number(/sum(\d+)/.exec(name)?.[1] ?? 1);
  const start = (size: number) => (name.includes('crop') ? Math.floor((size - 32) / 2) : 0);
  const [top, left] = [start(input.height), start(input.width)];
  const at = (c: number, y: number, x: number) => values[(c * input.height + y) * input.width + x] as number;
  return Float32Array.from({ length: channels * rows * columns }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns];
    let sum = 0;
    for (let dy = 0; dy < block; dy++) for (let dx = 0; dx < block; dx++) sum += at(c, top + y * block + dy, left + x * block + dx);
    return sum;
  });
}

test('Eigen-CAM of trained layers is an eigenvector of X·Xᵀ, the first one', async (t) => {
  const net = realNets.find(({ name }) => name === 'squeezenet') as RealNet;
  const golden = Golden.open('realnets/squeezenet');
  const [file] = net.files;
  if (!golden || file === undefined) return t.skip(sharedMissing);
  const [onnxruntime] = executors;
  const executor = await (onnxruntime as (typeof executors)[number]).create();
  const model = await openModel(await fileSource(file));
  // More cells than channels, small and large; fewer.
  const layers = ['fire2_conv3x3_2', 'fire8_concat', 'fire9_concat'].map((name) => findLayer(model, name));
  const plan = planMaps(
    model,
    layers.map(({ name }) => ({ method: eigenCam, variant: 'standard', layer: name })),
  );
  const image = golden.manifest.images?.[0] as GoldenImage;
  const feeds = {
    [model.input.value]: inputTensor(model, goldenInput(golden, image, model, net)),
    [plan.classInput]: oneHot(model.classes, 0),
  };
  const out = await (await executor.compile(plan.graph)).run(feeds);
  for (const [l, layer] of layers.entries()) {
    const program = await executor.compile(planForward(model, layer.value));
    const x = (await program.run(feeds))[layer.value]?.data as Float32Array;
    const map = out[plan.maps[l] as string]?.data as Float32Array;
    const again = throughGram(x, map);
    const eigenvalue = norm(again) / norm(map);
    closeTo(
      again.map((v) => v / eigenvalue / norm(map)),
      map.map((v) => v / norm(map)),
      1e-5,
      layer.name,
    );
    // ‖X·v₁‖² is the eigenvalue itself: v₁ has length 1.
    closeTo([norm(map) ** 2 / eigenvalue], [1], 1e-4, `${layer.name}: length`);
    // Another vector grows less.
    const other = map.map((v, i) => v * (1 + Math.sin(i)));
    assert.ok(norm(throughGram(x, other)) / norm(other) < eigenvalue);
  }
});

const norm = (v: ArrayLike<number>) => Math.hypot(...Array.from(v));

/** X·Xᵀ·m of x [C][cells]. */
function throughGram(x: Float32Array, m: Float32Array): Float64Array {
  const result = new Float64Array(m.length);
  for (let k = 0; k < x.length / m.length; k++) {
    const row = x.subarray(k * m.length, (k + 1) * m.length);
    const share = row.reduce((s, v, i) => s + v * (m[i] as number), 0);
    row.forEach((v, i) => {
      result[i] = (result[i] as number) + share * v;
    });
  }
  return result;
}
