import assert from 'node:assert/strict';
import { test } from 'node:test';

import { threading } from '../../src/execute/onnxruntime/threads.ts';
import { planForward, planMaps } from '../../src/explain/plan.ts';
import { everyMap } from '../support/everyMap.ts';
import { mobileNet, squeezeNet } from '../support/syntheticNets.ts';

test('a large network runs on every core, and its threads sleep between runs', () => {
  assert.deepEqual(threading(planForward(squeezeNet())), { threads: undefined, sleep: true });
});

test("a small network's forward pass keeps its threads awake, as a bare session does", () => {
  assert.deepEqual(threading(planForward(mobileNet())), { threads: undefined, sleep: false });
});

test('hundreds of tiny operators run on one thread', () => {
  const model = mobileNet();
  const plan = planMaps(model, everyMap(model, ['grad-cam', 'saliency']));
  assert.equal(threading(plan.graph).threads, 1);
});
