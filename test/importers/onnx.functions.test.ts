// Functions of the model itself are written out where they are called.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeProto } from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import { MessageWriter } from '../../src/formats/protobuf/writer.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Model } from '../../src/importers/model.ts';
import { closeTo } from '../support/closeTo.ts';
import { float, node, noise, smallModel, sourceOf } from '../support/onnxModels.ts';
import { runGraph } from '../support/onnxReference.ts';

interface Fn {
  name: string;
  inputs: string;
  outputs: string;
  nodes: readonly MessageWriter[];
  opset?: number;
  defaults?: readonly MessageWriter[];
}

/** A node of a function; `alpha` refers to an attribute of the call. */
function inner(opType: string, inputs: string, outputs: string, { domain = '', alpha = '' } = {}): MessageWriter {
  const out = new MessageWriter();
  for (const name of inputs.split(' ')) out.string(1, name);
  for (const name of outputs.split(' ')) out.string(2, name);
  out.string(4, opType);
  if (alpha) out.message(5, new MessageWriter().string(1, 'alpha').int(20, 1).string(21, alpha));
  if (domain) out.string(7, domain);
  return out;
}

/** Our writer does not write functions: they are appended to the file by hand. */
function withFunctions(nodes: readonly NodeProto[], functions: readonly Fn[]): Promise<Model> {
  const model = smallModel({ nodes });
  const bytes = [encodeModel(model)];
  for (const { name, inputs, outputs, nodes: body, opset = 17, defaults = [] } of functions) {
    const fn = new MessageWriter().string(1, name);
    for (const input of inputs.split(' ')) fn.string(4, input);
    for (const output of outputs.split(' ')) fn.string(5, output);
    for (const n of body) fn.message(7, n);
    fn.message(9, new MessageWriter().string(1, '').int(2, opset)).string(10, 'loc');
    for (const d of defaults) fn.message(11, d);
    bytes.push(new MessageWriter().message(25, fn).finish());
  }
  return openModel(sourceOf(new Uint8Array(Buffer.concat(bytes))));
}

const call = (name: string, inputs: string, outputs: string, ...attributes: NodeProto['attributes']): NodeProto => ({
  ...node(name, inputs, outputs, ...attributes),
  domain: 'loc',
});
const bent: Fn = {
  name: 'Bent',
  inputs: 'a',
  outputs: 'c',
  nodes: [inner('LeakyRelu', 'a', 'b', { alpha: 'slope' }), inner('Neg', 'b', 'c')],
  defaults: [new MessageWriter().string(1, 'slope').float(2, 0.5).int(20, 1)],
};

test('called twice, in a function, with an attribute and without', async () => {
  const twice: Fn = {
    name: 'Twice',
    inputs: 'x',
    outputs: 'z x',
    nodes: [inner('Bent', 'x', 'y', { domain: 'loc' }), inner('Bent', 'y', 'z', { domain: 'loc' })],
  };
  const nodes = [
    call('Bent', 'x', 'p', float('slope', 0.25)),
    call('Twice', 'p', 'q same'),
    node('Add', 'q same', 's'),
    node('Flatten', 's', 'logits'),
  ];
  const model = await withFunctions(nodes, [bent, twice]);
  const values = noise(3 * 6 * 8, 5);
  const f = (v: number, slope: number) => -(v > 0 ? v : slope * v);
  const expected = Array.from(values, (v) => f(f(f(v, 0.25), 0.5), 0.5) + f(v, 0.25));
  const result = await runGraph(model.graph, [model.logits], { x: float32([1, 3, 6, 8], values) });
  closeTo(result[model.logits] as Float32Array, expected, 1e-6, 'logits');
  // Layers are named after the call and lie where it is.
  const inside = model.layers.filter(({ place }) => place.node?.startsWith('graph.node[1]'));
  assert.deepEqual(
    inside.map(({ name, kind }) => [name, kind]),
    [
      ['n_q/y/b', 'LeakyRelu'],
      ['n_q/y', 'Neg'],
      ['q/b', 'LeakyRelu'],
      ['q', 'Neg'],
      ['same', 'Identity'],
    ],
  );
});

const refused = (functions: readonly Fn[], message: RegExp) =>
  assert.rejects(withFunctions([call('F', 'x', 'y'), node('Flatten', 'y', 'logits')], functions), message);
const calls = (name: string, ...inside: MessageWriter[]): Fn => ({ name, inputs: 'a', outputs: 'b', nodes: inside });

test('a function that calls itself, by way of another', () =>
  refused(
    [calls('F', inner('G', 'a', 'b', { domain: 'loc' })), calls('G', inner('F', 'a', 'b', { domain: 'loc' }))],
    /The function F of '.*' calls itself, which is not supported/,
  ));
test('functions that double at every level', () => {
  const doubled = (name: string, of: string) => calls(name, inner(of, 'a', 'm', { domain: 'loc' }), inner(of, 'm', 'b', { domain: 'loc' }));
  const chain = Array.from({ length: 30 }, (_, i) => doubled(i === 0 ? 'F' : `F${i}`, `F${i + 1}`));
  return refused([...chain, calls('F30', inner('Relu', 'a', 'b'))], /unfolds to more than 100000 nodes/);
});
test('calls in calls without end', () => {
  const chain = Array.from({ length: 40 }, (_, i) => calls(i === 0 ? 'F' : `F${i}`, inner(`F${i + 1}`, 'a', 'b', { domain: 'loc' })));
  return refused(chain, /is a call in a call, 32 deep/);
});
test('a function of another operator set', () =>
  refused([{ ...calls('F', inner('Relu', 'a', 'b')), opset: 9 }], /uses operator set 9, the model 17/));
test('a function without the node that makes its output', () =>
  refused([calls('F', inner('Relu', 'a', 'other'))], /reads 'y', which nothing before it makes/));
