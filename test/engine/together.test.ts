/** Maps asked for together come from one run; several methods at one layer are computed at every layer. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Explainer } from '../../src/engine/explainer.ts';
import { createServices } from '../../src/engine/services.ts';
import type { ExplanationMap, MapRequest, Outcome } from '../../src/shared/protocol.ts';
import { newFolder, writeClassifier } from '../support/engineCalls.ts';
import { int, ints, node, noise, weight } from '../support/onnxModels.ts';

async function subject(t: TestContext) {
  const pads = ints('pads', [1, 1, 1, 1]);
  const path = await writeClassifier(await newFolder(t), {
    nodes: [
      node('Conv', 'x w1', 'conv1', pads),
      node('Relu', 'conv1', 'relu1'),
      node('Conv', 'relu1 w3', 'conv2', pads),
      node('Relu', 'conv2', 'relu2'),
      node('GlobalAveragePool', 'relu2', 'pooled'),
      node('Flatten', 'pooled', 'flat'),
      node('Gemm', 'flat w2', 'logits', int('transB', 1)),
    ],
    initializers: [weight('w1', [4, 3, 3, 3]), weight('w3', [4, 4, 3, 3], noise(144, 5)), weight('w2', [5, 4])],
  });
  const services = createServices({ engine: 'onnxruntime', cacheBytes: 2 ** 26 });
  const input = await services.inputs.prepareTensor(await services.models.open(path), noise(3 * 6 * 8, 7), 'x.npy');
  const explainer = new Explainer(services, 2 ** 24);
  const context = { priority: 0, signal: new AbortController().signal, progress: () => {} };
  return {
    explain: (request: MapRequest) => explainer.explain(input, request, context),
    all: async (requests: readonly MapRequest[]) => (await explainer.explainAll(input, requests, context)).map(mapOf),
  };
}

function mapOf(outcome: Outcome): ExplanationMap {
  if ('error' in outcome) throw new Error(outcome.error.message);
  return outcome.map;
}

/** Maps of one run say the same time, to the last bit. */
const runs = (maps: readonly ExplanationMap[]) => new Set(maps.map((map) => map.ms)).size;

test('a grid of methods and layers is one run a target', async (t) => {
  const { all } = await subject(t);
  const grid = ['grad-cam', 'layer-cam', 'relevance-cam'].flatMap((method) =>
    ['n_conv1', 'n_relu1', 'n_relu2'].map((layer) => ({ method, layer })),
  );
  assert.equal(runs(await all(grid)), 1);
  assert.equal(runs(await all([1, 2].flatMap((index) => grid.map((request) => ({ ...request, class: index }))))), 2);
});

test('several methods at one layer: another layer is looked up, also by a request of its own', async (t) => {
  const { all, explain } = await subject(t);
  const at = (layer: string) => ['grad-cam', 'hires-cam'].map((method) => ({ method, layer }));
  const first = await all(at('n_relu2'));
  const second = await all(at('n_conv1'));
  assert.equal(runs([...first, ...second, await explain({ method: 'hires-cam', layer: 'n_relu1' })]), 1);
  assert.deepEqual(
    second.map((map) => [map.method, map.layer]),
    [
      ['grad-cam', 'n_conv1'],
      ['hires-cam', 'n_conv1'],
    ],
  );
});

test('together, alone and ahead are the same numbers; what no sweep gives stays at its layer', async (t) => {
  const { all } = await subject(t);
  const requests = ['grad-cam', 'eigen-cam', 'cam', 'guided-grad-cam'].map((method) => ({ method, layer: 'n_relu2' }));
  const ahead = await all(requests);
  const { explain } = await subject(t);
  for (const [i, request] of requests.entries()) {
    const alone = await explain(request);
    const map = ahead[i] as ExplanationMap;
    assert.deepEqual([map.method, map.layer], [alone.method, alone.layer]);
    const largest = Math.max(...alone.values.map(Math.abs));
    assert.ok(
      map.values.every((v, k) => Math.abs(v - (alone.values[k] as number)) <= 1e-5 * largest),
      request.method,
    );
  }
});
