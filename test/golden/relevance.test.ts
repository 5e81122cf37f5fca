/**
 * Relevance against reference implementations in float64 (../shared/golden/tinynets): LRP under every composite, CLRP,
 * SGLRP and Relevance-CAM, each within the tolerance its manifest states, from every file form that has the nodes.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Executor } from '../../src/execute/executor.ts';
import { findLayer } from '../../src/explain/layers.ts';
import { clrpSweeps } from '../../src/explain/methods/clrp.ts';
import { lrpSweep } from '../../src/explain/methods/lrp.ts';
import { relevanceCam } from '../../src/explain/methods/relevanceCam.ts';
import { sglrpDual, sglrpTarget } from '../../src/explain/methods/sglrp.ts';
import { channelMeans } from '../../src/explain/weights.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { oneHot } from '../support/ask.ts';
import { createOrSkip, executors } from '../support/executors.ts';
import { Golden, type GoldenArray, slice } from '../support/golden.ts';
import { sharedMissing } from '../support/shared.ts';
import { type Ask, sweepProgram } from '../support/sweepProgram.ts';

const nets = ['a_plain', 'b_residual', 'c_mobile', 'd_inception', 'e_se_silu', 'f_dilated_grouped'];

/** Bounds the golden runs were given. */
const boxes = { lrp: { low: [-1, -1.1, -1.2], high: [1, 1.1, 1.2] }, clrp: { low: [-2.1179, -2.1179, -2.1179], high: [2.64, 2.64, 2.64] } };

/** The variant of our LRP that a golden array was computed with. */
const lrpVariants: Record<string, [variant: string, norm: 'fold' | 'pass']> = {
  lrp_eps_fold: ['epsilon', 'fold'],
  lrp_eps_pass: ['epsilon', 'pass'],
  lrp_epsplus_fold: ['epsilon-plus', 'fold'],
  lrp_zplus_bpos_fold: ['z-plus', 'fold'],
  lrp_zplus_nobias_fold: ['z-plus-no-bias', 'fold'],
  lrp_zplus_bpos_pass: ['z-plus', 'pass'],
  lrp_zplus_nobias_pass: ['z-plus-no-bias', 'pass'],
  lrp_a2b1_fold: ['alpha-beta', 'fold'],
  lrp_gamma_fold: ['gamma', 'fold'],
  lrp_zbox_zplus_fold: ['z-plus-box', 'fold'],
};

const camVariants: Record<string, string> = {
  official_N: 'official',
  official_N1: 'official-balanced',
  nobias_N: 'one-nth',
  nobias_N1: 'standard',
};

for (const engine of executors) {
  for (const net of nets) {
    test(`relevance of ${net} on ${engine.id}`, async (t) => {
      const golden = Golden.open(`tinynets/${net}`);
      if (!golden) return t.skip(sharedMissing);
      const executor = await createOrSkip(t, engine);
      if (!executor) return;
      const files = golden.manifest.models?.filter((m) => m.file.endsWith('.onnx') || m.file.endsWith('model.json')) ?? [];
      const hasNorms = golden.manifest.graph?.some((node) => node.op === 'bn') ?? false;
      for (const file of files) {
        const model = await openModel(await fileSource(join(golden.folder, file.file)));
        const foldedAway = hasNorms && !model.graph.nodes.some((node) => node.op === 'BatchNormalization');
        const names = file.nodeToTensor ?? file.nodeToLayer ?? {};
        await t.test(file.file, () => compare(golden, { model, foldedAway, names, executor }));
      }
    });
  }
}

interface Subject {
  model: Model;
  /** The file's exporter folded the batch norms: there is nothing for relevance to pass through. */
  foldedAway: boolean;
  names: Record<string, string>;
  executor: Executor;
}

async function compare(golden: Golden, subject: Subject): Promise<void> {
  const asks = golden.manifest.arrays.flatMap((array) => askFor(array, subject));
  assert.ok(asks.length >= 5, `${asks.length} arrays`);
  const failures: string[] = [];
  for (const box of ['lrp', 'clrp'] as const) {
    const own = asks.filter((ask) => ask.box === box);
    if (own.length === 0) continue;
    const program = await sweepProgram(subject.executor, subject.model, own);
    for (const [t, target] of (golden.manifest.targets as number[]).entries()) {
      const images = golden.array('input.f32').shape[0] as number;
      const results = await program.run(golden.values('input.f32'), oneHot(subject.model.classes, target, images), boxes[box]);
      for (const [a, { array }] of own.entries()) {
        const { data, shape } = results[a] as { data: Float32Array; shape: readonly number[] };
        for (let i = 0; i < images; i++) {
          try {
            golden.near(array.file, slice(data, shape, i), slice(golden.values(array.file), array.shape, i, t));
          } catch (error) {
            failures.push(`image ${i}, class ${target}: ${(error as Error).message}, largest value ${array.maxAbs}`);
          }
        }
      }
    }
    await program.dispose();
  }
  assert.deepEqual(failures, []);
}

type GoldenAsk = Ask & { array: GoldenArray; box: 'lrp' | 'clrp' };

function askFor(array: GoldenArray, { model, names, foldedAway }: Subject): GoldenAsk[] {
  const file = array.file.replace(/\.f32$/, '');
  if (array.illConditioned || (foldedAway && (file.endsWith('_pass') || file.startsWith('rcam')))) return [];
  const at = (layer: string | undefined): string | undefined => {
    const name = layer === undefined ? undefined : names[layer];
    return name === undefined ? undefined : model.graph.types.has(name) ? name : findLayer(model, name).value;
  };
  const ask = (box: GoldenAsk['box'], value: string | undefined, sweeps: Ask['sweeps'], emit: Ask['emit']): GoldenAsk[] =>
    value === undefined ? [] : [{ array, box, value, sweeps, emit }];
  const input = model.input.value;
  const read = /^(lrp_\w+?)(?:_at_.*)?$/.exec(file)?.[1];
  const variant = read === undefined ? undefined : lrpVariants[read];
  if (variant) {
    const sweep = lrpSweep(variant[0], { norm: variant[1] });
    return ask('lrp', array.layer === undefined ? input : at(array.layer), [sweep], (_b, [relevance]) => relevance as string);
  }
  if (file.startsWith('clrp_')) {
    const [own, dual] = clrpSweeps[file.includes('type2') ? 'type2' : 'type1'] as (typeof clrpSweeps)[string];
    if (file === 'clrp_target') return ask('clrp', input, [own], (_b, [r]) => r as string);
    if (file.endsWith('_dual')) return ask('clrp', input, [dual], (_b, [r]) => r as string);
    return ask('clrp', input, [own, dual], (b, swept) => {
      const [r, d] = swept.map((v) => b.op('Div', [v, b.op('ReduceSum', [v], { axes: [1, 2, 3], keepdims: true })], {})) as [
        string,
        string,
      ];
      return b.op('Sub', [r, d], {});
    });
  }
  if (file.startsWith('sglrp_')) {
    return ask('lrp', input, [sglrpTarget, sglrpDual], (b, [r, d]) => {
      const sum = (v: string) => b.op('ReduceSum', [v], { axes: [1, 2, 3], keepdims: true });
      const [own, dual] = [r as string, d as string];
      const scaled = b.op('Mul', [dual, b.op('Div', [sum(own), sum(dual)], {})], {});
      return b.op('Sub', [own, file === 'sglrp_scaled' ? scaled : dual], {});
    });
  }
  const cam = /^rcam_(official|nobias)_(N1|N)_(w_)?/.exec(file);
  if (!cam) return [];
  const id = camVariants[`${cam[1]}_${cam[2]}`] as string;
  const sweeps = relevanceCam.sweeps(id, {});
  return ask('lrp', at(array.layer), sweeps, (b, [relevance], activation) => {
    const weights = channelMeans(b, relevance as string);
    if (cam[3]) return weights;
    const [images, channels, height, width] = b.shape(activation);
    const planes = b.op('Reshape', [activation], { shape: [images as 'N', channels as number, (height as number) * (width as number)] });
    return b.op('MatMul', [weights, planes], {});
  });
}
