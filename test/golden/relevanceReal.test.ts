/** Relevance of trained networks against reference implementations (../shared/golden/realnets): LRP z⁺ at the pixels, Relevance-CAM at every stage. */
import assert from 'node:assert/strict';
import { findLayer, inputLayer } from '../../src/explain/layers.ts';
import { lrp } from '../../src/explain/methods/lrp.ts';
import { relevanceCam } from '../../src/explain/methods/relevanceCam.ts';
import { type MapSpec, planMaps } from '../../src/explain/plan.ts';
import { fileSource } from '../../src/importers/files.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { inputTensor, oneHot } from '../support/ask.ts';
import { type GoldenArray, similarity, slice } from '../support/golden.ts';
import { goldenInput, type RealCase, testRealNets } from '../support/realNets.ts';

testRealNets('relevance', compare);

async function compare({ golden, file, net, executor }: RealCase): Promise<void> {
  const model = await openModel(await fileSource(file));
  const images = golden.manifest.images ?? [];
  const [first] = images;
  assert.ok(first);
  // The arrays of one image tell those of all.
  const kinds = golden.manifest.arrays.flatMap((array) => {
    const kind = array.file.startsWith(`${first.key}_`) ? array.file.slice(first.key.length) : '';
    const spec = specFor(array, kind, net.name, model);
    return spec ? [{ kind, spec }] : [];
  });
  assert.ok(kinds.length >= 7, `${kinds.length} arrays`);
  const plan = planMaps(
    model,
    kinds.map(({ spec }) => spec),
  );
  const program = await executor.compile(plan.graph);
  const failures: string[] = [];
  // TensorFlow.js's WebAssembly adds up in another order, which shows where relevance sums to 0.
  const allowance = executor.id === 'wasm' ? 2 : 1;
  for (const image of images) {
    const input = goldenInput(golden, image, model, net);
    for (const [t, target] of image.targets.entries()) {
      const out = await program.run({ [model.input.value]: inputTensor(model, input), [plan.classInput]: oneHot(model.classes, target) });
      kinds.forEach(({ kind }, k) => {
        const name = `${image.key}${kind}`;
        const array = golden.array(name);
        const map = out[plan.maps[k] as string]?.data as Float32Array;
        const block = Number(/_sum(\d+)/.exec(kind)?.[1] ?? 1);
        const actual = block === 1 ? map : blockSums(map, model.input, block, array.shape.slice(1) as [number, number]);
        const expected = slice(golden.values(name), array.shape, t);
        const wanted = array.axes === 'TCHW' ? channelSums(expected, actual.length) : expected;
        const difference = beyond(actual, wanted, array.tolerance.abs * allowance);
        if (difference !== undefined) failures.push(`${name}, class ${target}: ${difference}`);
      });
    }
  }
  await program.dispose();
  assert.deepEqual(failures, []);
}

function specFor(array: GoldenArray, kind: string, net: string, model: Model): MapSpec | undefined {
  if (array.illConditioned) return undefined;
  if (kind.startsWith('_lrp_zplus')) return { method: lrp, variant: 'z-plus-no-bias', layer: inputLayer };
  const cam = /^_rcam_(official|nobias|2b)_/.exec(kind)?.[1];
  if (!cam) return undefined;
  // ResNet50's golden `official` merges convolution biases into the batch norms' means: nothing is left to count twice.
  const official = net === 'resnet50' ? 'one-nth' : 'official';
  const variant = cam === 'nobias' ? 'standard' : cam === '2b' ? 'official' : official;
  return { method: relevanceCam, variant, layer: findLayer(model, array.layer as string).name };
}

/**
 * What is wrong with `actual`, if anything. A unit at 0 or a pool whose two largest cells differ by rounding may fall to the
 * other side (golden/README, How to compare): four cells may differ, if the whole map is the same.
 */
function beyond(actual: Float32Array, expected: Float32Array, tolerance: number): string | undefined {
  const cells = actual.reduce((n, v, i) => n + (Math.abs(v - (expected[i] as number)) <= tolerance ? 0 : 1), 0);
  if (cells === 0) return undefined;
  const { cosine } = similarity(actual, expected);
  if (cells <= 4 && cosine >= 0.9999) return undefined;
  return `${cells} of ${actual.length} cells differ by more than ${tolerance}, cosine ${cosine}`;
}

/** Sums over the channels of [C,H,W], with H·W = `cells`. */
function channelSums(values: Float32Array, cells: number): Float32Array {
  const sums = new Float32Array(cells);
  values.forEach((v, i) => {
    sums[i % cells] = (sums[i % cells] as number) + v;
  });
  return sums;
}

/** Sums over blocks of side × side cells, aligned top left; cells beyond the last block are left out. */
function blockSums(map: Float32Array, { width }: { width: number }, side: number, [rows, columns]: [number, number]): Float32Array {
  const sums = new Float32Array(rows * columns);
  for (let y = 0; y < rows * side; y++) {
    for (let x = 0; x < columns * side; x++) {
      const at = Math.floor(y / side) * columns + Math.floor(x / side);
      sums[at] = (sums[at] as number) + (map[y * width + x] as number);
    }
  }
  return sums;
}
