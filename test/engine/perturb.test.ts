/** Methods that ask many times, through the engine: what is asked once is kept, cancelled runs go on, progress costs little. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Explainer } from '../../src/engine/explainer.ts';
import { Programs } from '../../src/engine/programs.ts';
import { createServices } from '../../src/engine/services.ts';
import type { Executor } from '../../src/execute/executor.ts';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import type { ExplanationMap, MapProgress, MapRequest } from '../../src/shared/protocol.ts';
import { newFolder, writeClassifier, writePicture } from '../support/engineCalls.ts';
import { weight } from '../support/onnxModels.ts';

interface Options {
  signal?: AbortSignal;
  progress?: (value: MapProgress) => void;
}

/** The engine's own parts around an executor that counts the inputs it is given, by what it makes of them. */
async function subject(t: TestContext, overrides = {}) {
  const folder = await newFolder(t);
  const [model, image] = await Promise.all([writeClassifier(folder, overrides), writePicture(join(folder, 'picture.png'))]);
  const asked = { inputs: 0, runs: 0 };
  const inner = await createOnnxRuntime();
  const executor: Executor = {
    ...inner,
    compile: async (graph, options) => {
      const program = await inner.compile(graph, options);
      const { run } = program;
      return {
        ...program,
        run: (feeds) => {
          asked.runs++;
          asked.inputs += feeds.x?.shape[0] ?? 0;
          return run(feeds);
        },
      };
    },
  };
  const cacheBytes = 2 ** 26;
  const programs = new Programs('onnxruntime', cacheBytes, async () => executor);
  const services = { ...createServices({ engine: 'onnxruntime', cacheBytes }), programs };
  const explainer = new Explainer(services, cacheBytes);
  const signal = new AbortController().signal;
  const input = await services.inputs.prepare(model, image, signal);
  const explain = (request: MapRequest, options: Options = {}): Promise<ExplanationMap> =>
    explainer.explain(input, request, { priority: 0, signal, progress: () => {}, ...options });
  /** Inputs that the network was given for a piece of work. */
  const cost = async (work: () => Promise<unknown>) => {
    const before = asked.inputs;
    await work();
    return asked.inputs - before;
  };
  return { explain, cost };
}

const everyPixel = { method: 'occlusion', params: { window: 1, stride: 1 } };
const hundred = { method: 'rise', params: { masks: 100, cells: 3 } };

test('one run serves every class, contrast and reading of it', async (t) => {
  const { explain, cost } = await subject(t);
  // The image itself, to know the predicted class, and then each perturbed input once.
  assert.equal(await cost(() => explain(everyPixel)), 1 + 48);
  const others = [{ class: 0 }, { class: 3 }, { class: 1, against: 2 }, { class: 1, variant: 'probability' }];
  for (const other of others) assert.equal(await cost(() => explain({ ...everyPixel, ...other })), 0, JSON.stringify(other));
  assert.equal(await cost(() => explain(hundred)), 100);
  for (const other of [...others.slice(0, 3), { variant: 'logit' }]) assert.equal(await cost(() => explain({ ...hundred, ...other })), 0);
  // The layer, then its four channels.
  const scoreCam = { method: 'score-cam', layer: 'conv' };
  assert.equal(await cost(() => explain(scoreCam)), 1 + 4);
  for (const other of others.slice(0, 3)) assert.equal(await cost(() => explain({ ...scoreCam, ...other })), 0);
  assert.equal(await cost(() => explain({ ...scoreCam, variant: 'softmax' })), 4, 'its masks are others');
});

test('classes from one run are what each gives alone', async (t) => {
  const { explain } = await subject(t);
  for (const request of [everyPixel, hundred, { method: 'score-cam', layer: 'conv' }]) {
    await explain({ ...request, class: 0 });
    const shared = await explain({ ...request, class: 2 });
    const alone = await (await subject(t)).explain({ ...request, class: 2 });
    assert.deepEqual(shared.values, alone.values, request.method);
    assert.notDeepEqual(shared.values, (await explain({ ...request, class: 0 })).values);
  }
});

test('two classes asked for at once: each input is asked about once, both stream', async (t) => {
  const { explain, cost } = await subject(t);
  const seen = new Set<number>();
  const ask = (index: number) => explain({ ...everyPixel, class: index }, { progress: () => void seen.add(index) });
  // The image itself by each, who all come before its logits are known.
  assert.equal(await cost(() => Promise.all([ask(0), ask(1), ask(2)])), 3 + 48);
  assert.deepEqual([...seen].sort(), [0, 1, 2]);
});

test('a cancelled run keeps what it has: the next one, of another class too, shows it at once and goes on', async (t) => {
  const { explain, cost } = await subject(t);
  const cancel = new AbortController();
  const first = await cost(() =>
    assert.rejects(explain({ ...everyPixel, class: 0 }, { signal: cancel.signal, progress: () => cancel.abort() }), { code: 'cancelled' }),
  );
  assert.ok(first >= 17 && first < 49, `${first}`);
  const steps: MapProgress[] = [];
  const rest = await cost(() => explain({ ...everyPixel, class: 1 }, { progress: (step) => void steps.push(step) }));
  assert.equal(first + rest, 1 + 48, 'nothing twice');
  assert.equal(steps[0]?.done, (first - 1) / 48);
  assert.equal(steps[0]?.partial?.values.filter(Number.isFinite).length, first - 1);
  const whole = await (await subject(t)).explain({ ...everyPixel, class: 1 });
  assert.deepEqual((await explain({ ...everyPixel, class: 1 })).values, whole.values);
});

test('more masks of the same kind go on from fewer', async (t) => {
  const { explain, cost } = await subject(t);
  await explain(hundred);
  const more = { ...hundred, params: { ...hundred.params, masks: 150 } };
  assert.equal(await cost(() => explain(more)), 50);
  assert.equal(await cost(() => explain({ ...hundred, params: { ...hundred.params, masks: 40 } })), 0);
  assert.deepEqual((await explain(more)).values, (await (await subject(t)).explain(more)).values);
});

test('RISE streams: percent, seconds left, a standard error that gets smaller', async (t) => {
  const { explain } = await subject(t);
  const steps: MapProgress[] = [];
  const map = await explain({ ...hundred, params: { ...hundred.params, masks: 3000 } }, { progress: (step) => void steps.push(step) });
  assert.ok(steps.every(({ done }, i) => done > (steps[i - 1]?.done ?? 0)));
  assert.equal(steps.at(-1)?.done, 1);
  assert.ok(steps.every(({ secondsLeft }) => secondsLeft !== undefined && secondsLeft >= 0));
  const error = (m: ExplanationMap | undefined) =>
    Number(m?.checks.find((c) => c.id === 'standard-error')?.text.match(/is ([\d.]+) %/)?.[1]);
  const first = steps.find((step) => step.partial)?.partial;
  assert.ok(error(map) < 0.7 * error(first), `${error(first)} then ${error(map)}`);
  assert.match(map.target, /^probability of /);
  assert.deepEqual([map.layer, map.height, map.width, map.params.seed], ['input', 6, 8, 1]);
});

test('the same seed, the same map; another seed, another', async (t) => {
  for (const method of ['rise', 'smoothgrad']) {
    const [one, two] = [await subject(t), await subject(t)];
    const params = method === 'rise' ? { masks: 20, cells: 3 } : { samples: 5 };
    const seeded = (seed: number) => ({ method, params: { ...params, seed } });
    assert.deepEqual((await one.explain(seeded(5))).values, (await two.explain(seeded(5))).values);
    assert.notDeepEqual((await one.explain(seeded(6))).values, (await one.explain(seeded(5))).values);
  }
});

test('Integrated Gradients from black pixels: complete, and its gradients stream; SmoothGrad without noise is the saliency', async (t) => {
  const { explain, cost } = await subject(t);
  const steps: MapProgress[] = [];
  const request = { method: 'integrated-gradients', class: 2, params: { steps: 200 } };
  const map = await explain(request, { progress: (step) => void steps.push(step) });
  const [check] = map.checks;
  assert.equal(check?.ok, true, check?.text);
  assert.ok(steps.length > 3 && steps[0]?.partial !== undefined && steps.at(-1)?.done === 1);
  assert.equal(await cost(() => explain(request)), 0, 'kept');
  // 200 gradients, and the logits at both ends for completeness.
  assert.equal(await cost(() => explain({ ...request, class: 1 })), 202);
  const saliency = await explain({ method: 'saliency', class: 2 });
  const smooth = await explain({ method: 'smoothgrad', class: 2, params: { noise: 0, samples: 3 } });
  smooth.values.forEach((v, i) => {
    assert.ok(Math.abs(v - (saliency.values[i] as number)) <= 1e-5 * saliency.max, `pixel ${i}`);
  });
});

test('a sampling run is cancelled within a batch, and the next one is whole', async (t) => {
  const { explain, cost } = await subject(t);
  const cancel = new AbortController();
  const request = { method: 'smoothgrad', params: { samples: 320 } };
  const before = await cost(() =>
    assert.rejects(explain(request, { signal: cancel.signal, progress: () => cancel.abort() }), { code: 'cancelled' }),
  );
  assert.ok(before < 40, `${before}`);
  assert.ok((await explain(request)).values.every(Number.isFinite));
});

test('Score-CAM at a layer before a global average pool stands at the layer, with its channels limited', async (t) => {
  const { explain, cost } = await subject(t);
  const map = await explain({ method: 'score-cam' });
  assert.deepEqual([map.layer, map.height, map.width, map.relu], ['n_relu', 6, 8, true]);
  assert.equal(await cost(() => explain({ method: 'score-cam', params: { channels: 2 } })), 0, 'the first of all');
});

test('inputs that make the network say NaN are named; so is a layer', async (t) => {
  // Zeros are fine, the picture is not: its logits are beyond float32.
  const { explain } = await subject(t, {
    initializers: [
      weight('w1', [4, 3, 3, 3], Array(108).fill(1e20)),
      weight('b1', [4]),
      weight('w2', [5, 4], Array(20).fill(1e20)),
      weight('b2', [5]),
    ],
  });
  const baseline = { method: 'occlusion', params: { window: 8, stride: 8, baseline: 0 } };
  await assert.rejects(explain({ ...baseline, class: 0 }), { code: 'weights', message: /NaN or infinite logits/ });
  await assert.rejects(explain({ method: 'smoothgrad', class: 0 }), {
    code: 'weights',
    message: /an input that SmoothGrad made/,
    hint: /preprocessing/,
  });
});

test('only a perturbed input fails: the message says whose it was', async (t) => {
  const { explain } = await subject(t);
  const huge = { method: 'occlusion', class: 0, params: { window: 1, stride: 1, baseline: 65_535 } };
  assert.ok((await explain(huge)).values.every(Number.isFinite));
  const { explain: fragile } = await subject(t, {
    initializers: [
      weight('w1', [4, 3, 3, 3], Array(108).fill(1e17)),
      weight('b1', [4]),
      weight('w2', [5, 4], Array(20).fill(1e17)),
      weight('b2', [5]),
    ],
  });
  await assert.rejects(fragile(huge), { code: 'weights', message: /an input that Occlusion made/ });
});

test('more answers than memory allows are refused before the network is asked', async (t) => {
  const { explain, cost } = await subject(t, {
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5000, 4]), weight('b2', [5000])],
  });
  const many = { method: 'rise', variant: 'logit', class: 0, params: { masks: 20_000 } };
  const inputs = await cost(() =>
    assert.rejects(explain(many), {
      code: 'method',
      message: /RISE would ask the network 20000 times: 382 MB of answers/,
      hint: 'Use fewer masks.',
    }),
  );
  assert.equal(inputs, 0);
});
