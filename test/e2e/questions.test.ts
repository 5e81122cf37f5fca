// A model that says as little as a file can: its size, its preparation, its other input, its names and its output are asked for in
// the panel, one after the other, and kept in a sidecar that is never edited by hand.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DataType } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import * as editors from '../support/editor.ts';
import { int, node, smallModel, weight } from '../support/onnxModels.ts';
import * as journey from './journey.ts';

const { byId, inState, textOf, star } = journey;

/** [N,3,height,width] and [N,3] to 1000 scores, of which that of tabby is the largest, and to 3 others. */
function silent(): Uint8Array {
  const bias = new Float32Array(1000);
  bias[281] = 10;
  const model = smallModel({
    input: ['N', 3, 'height', 'width'],
    nodes: [
      node('Conv', 'x k kb', 'conv'),
      node('GlobalAveragePool', 'conv', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Add', 'flat site', 'both'),
      node('Gemm', 'both w b', 'logits', int('transB', 1)),
      node('Gemm', 'both w3 b3', 'extra', int('transB', 1)),
    ],
    initializers: [
      weight('k', [3, 3, 3, 3]),
      weight('kb', [3]),
      weight('w', [1000, 3], new Float32Array(3000)),
      weight('b', [1000], bias),
      weight('w3', [3, 3]),
      weight('b3', [3]),
    ],
    outputs: ['logits', 'extra'],
  });
  const site = { name: 'site', elemType: DataType.FLOAT, shape: ['N', 3] };
  return encodeModel({ ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, site] } });
}

test('everything that a file leaves open is asked for in the panel and kept', { timeout: 240_000 }, async (t) => {
  const folder = journey.workspace(t, star);
  writeFileSync(join(folder, 'silent.onnx'), silent());
  const sidecar = () => JSON.parse(readFileSync(join(folder, 'silent.glassbox.json'), 'utf8'));
  await editors.withEditor('silent', { folder }, async (editor) => {
    const page = await journey.explain(editor, star);
    await byId(page, 'inputs-question').waitFor();
    await byId(page, 'value-site').fill('0.5 0 -0.5');
    await byId(page, 'value-site').press('Enter');
    await byId(page, 'size-question').waitFor();
    assert.deepEqual(sidecar(), { inputs: { site: [0.5, 0, -0.5] } });
    await byId(page, 'size-image').click();
    await byId(page, 'preprocessing').waitFor();
    assert.match((await byId(page, 'trial-unit').textContent()) ?? '', /class 281.*ImageNet-1k: tabby/s);
    await byId(page, 'trial-torch').click();
    await byId(page, 'label-offer').waitFor();
    assert.equal(await textOf(page, 'offered-top'), 'tabby');
    await byId(page, 'use-imagenet-1k').click();
    await byId(page, 'label-offer').waitFor({ state: 'detached' });
    await inState(page, 'ready');
    assert.equal(await textOf(page, 'top1'), 'tabby');
    assert.match(await textOf(page, 'names'), /Names: ImageNet-1k \(silent\.glassbox\.json\)/);
    assert.equal(await textOf(page, 'input-size'), 'Input size: 96 × 96, of this image Change');
    const { labels, input, inputs } = sidecar();
    assert.deepEqual([labels, input.size, input.mean, inputs.site], ['imagenet-1k', 'image', [0.485, 0.456, 0.406], [0.5, 0, -0.5]]);

    const extra = page.locator('vscode-option[value=extra]');
    // News from the engine draws the page anew and closes an open list.
    await editors.eventually('the output extra is chosen', async () => {
      if (!(await extra.isVisible())) await byId(page, 'output-choice').click({ timeout: 2000 });
      await extra.click({ timeout: 2000 });
      return true;
    });
    await page.locator('[data-testid=top1]', { hasText: 'output' }).waitFor();
    assert.equal(sidecar().output, 'extra');
  });
});
