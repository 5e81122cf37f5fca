// A tiny model per operator, converted by TensorFlow, against its interpreter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { float32 } from '../../src/graph/graph.ts';
import { closeTo } from '../support/closeTo.ts';
import { runGraph } from '../support/onnxReference.ts';
import { seeded } from '../support/seeded.ts';
import { channelsFirst, openBytes, operatorCases } from '../support/tflite.ts';

for (const { name, kinds, model: bytes, output } of operatorCases()) {
  test(`${name} (${kinds.join(' ')})`, async () => {
    const model = await openBytes(bytes);
    const image = channelsFirst(seeded(120, { name, scale: 1 }), 6, 5, 4);
    const feeds = { [model.input.value]: float32([1, 4, 6, 5], image) };
    const { [model.logits]: logits } = await runGraph(model.graph, [model.logits], feeds);
    closeTo(logits as Float32Array, output, 1e-5, name);
    assert.equal(model.format, 'tflite');
  });
}
