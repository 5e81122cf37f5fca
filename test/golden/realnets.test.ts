/**
 * Trained networks against reference libraries (../shared/golden/realnets): logits, Grad-CAM and occlusion, in both file
 * formats, on onnxruntime; logits and Grad-CAM on the other engines too.
 */
import type { Program } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import { gradCam } from '../../src/explain/methods/gradCam.ts';
import { planForward, planMaps } from '../../src/explain/plan.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, logitsOf, occlude, oneHot } from '../support/ask.ts';
import { type Golden, type GoldenImage, slice } from '../support/golden.ts';
import { goldenInput, type RealCase, testRealNets } from '../support/realNets.ts';

testRealNets('logits and maps', compare);

async function compare({ golden, file, net, executor, first }: RealCase): Promise<void> {
  const model = await openModel(await fileSource(file));
  const forward = await executor.compile(planForward(model));
  const layers = [...new Set(golden.manifest.arrays.flatMap((a) => (isGradCam(a.file) ? [a.layer as string] : [])))];
  const plan = planMaps(
    model,
    layers.map((layer) => ({ method: gradCam, variant: 'standard', layer: findLayer(model, layer).name })),
  );
  const explain = await executor.compile(plan.graph);
  for (const image of golden.manifest.images ?? []) {
    const input = goldenInput(golden, image, model, net);
    golden.near(`${image.key}_logits.f32`, await logitsOf(forward, model, input));
    for (const [t, target] of image.targets.entries()) {
      const out = await explain.run({ [model.input.value]: inputTensor(model, input), [plan.classInput]: oneHot(model.classes, target) });
      layers.forEach((layer, l) => {
        const name = `${image.key}_gradcam_${layer}.f32`;
        golden.near(name, out[plan.maps[l] as string]?.data as Float32Array, slice(golden.values(name), golden.array(name).shape, t));
      });
      // Hundreds of forward passes a map: every image in the first format, one in the second.
      const occluded = executor.id === 'onnxruntime' && t === 0 && (first || image === golden.manifest.images?.[0]);
      if (occluded) await occlusionGrid(golden, image, t, target, model, forward, input, net.grid);
    }
  }
  await forward.dispose();
  await explain.dispose();
}

function isGradCam(file: string): boolean {
  return /_gradcam_(?!w_)/.test(file);
}

async function occlusionGrid(
  golden: Golden,
  image: GoldenImage,
  t: number,
  target: number,
  model: Model,
  forward: Program,
  input: Float32Array,
  grid: number,
): Promise<void> {
  const name = `${image.key}_occlusion_grid.f32`;
  const { width } = model.input;
  const map = await occlude(forward, model, input, target, { window: grid, stride: grid });
  const [, rows, columns] = golden.array(name).shape as [number, number, number];
  // Squares side by side: the value of a square is that of its first pixel.
  const squares = Float32Array.from(
    { length: rows * columns },
    (_, i) => map[Math.floor(i / columns) * grid * width + (i % columns) * grid] as number,
  );
  golden.near(name, squares, slice(golden.values(name), golden.array(name).shape, t));
}
