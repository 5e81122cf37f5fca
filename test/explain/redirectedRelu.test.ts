/** The redirected gradient of ReLU and ReLU6, against Lucid's formula by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openModel } from '../../src/importers/index.ts';
import { planUnitGradient } from '../../src/inspect/unitGradient.ts';
import { node, type Small, smallModel, sourceOf, weight } from '../support/onnxModels.ts';
import { evaluate } from '../support/reference.ts';

/** Gradients of Σ w·activation(x) at images of four numbers. */
async function gradients(activation: Small['nodes'][number], images: readonly number[][], weights: readonly number[]): Promise<number[][]> {
  const nodes = [activation, node('Flatten', 'y', 'flat'), node('Gemm', 'flat w', 'logits')];
  const initializers = [weight('w', [4, 1], weights), weight('low', [], [0]), weight('high', [], [6])];
  const model = await openModel(sourceOf(smallModel({ nodes, initializers, input: ['N', 1, 2, 2] })));
  const { graph, seed, gradient } = planUnitGradient(model, model.logits, 'redirected');
  const n = images.length;
  const feeds = new Map([
    [model.input.value, { shape: [n, 1, 2, 2], data: Float64Array.from(images.flat()) }],
    [seed, { shape: [n, 1], data: new Float64Array(n).fill(1) }],
  ]);
  const { data } = evaluate(graph, feeds).get(gradient) as { data: ArrayLike<number> };
  return images.map((image, i) => image.map((_, k) => (data[4 * i + k] as number) + 0));
}

test('a ReLU that lets something through keeps its derivative; one that blocks all lets through what opens it', async () => {
  const images = [
    [-1, -2, -3, 0.5],
    [-1, -2, -3, -4],
  ];
  const found = await gradients(node('Relu', 'x', 'y'), images, [3, -5, 7, -9]);
  assert.deepEqual(found, [
    [0, 0, 0, -9],
    // What would push down is dropped.
    [3, 0, 7, 0],
  ]);
});

test('a ReLU6 that blocks all lets through what leads back into its range, at either end; each image by itself', async () => {
  const images = [
    [-1, 7, -2, 8],
    [-1, 7, 3, 8],
  ];
  const found = await gradients(node('Clip', 'x low high', 'y'), images, [3, -5, -7, 9]);
  assert.deepEqual(found, [
    [3, -5, 0, 0],
    [0, 0, -7, 0],
  ]);
});
