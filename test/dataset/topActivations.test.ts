/** Top lists against sorting everything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TopActivations, topCount } from '../../src/dataset/topActivations.ts';
import { noise } from '../support/onnxModels.ts';

const units = 3;
const images = 250;
/** Hashes whose order is not that of the images. */
const hashes = Array.from({ length: images }, (_, i) => ((i * 97) % images).toString(16).padStart(4, '0'));
/** [images][units]: unit 0 has many equal values, unit 1 hardly any, unit 2 is dead. */
const values = Array.from({ length: images }, (_, i) => Float32Array.of(i % 7, noise(1, i + 1)[0] as number, 0));
const cells = (image: number) => Uint32Array.of(image, image + 1, image + 2);

function brute(unit: number, among = [...values.keys()]) {
  const value = (image: number) => (values[image] as Float32Array)[unit] as number;
  const order = among.toSorted((a, b) => value(b) - value(a) || ((hashes[a] as string) < (hashes[b] as string) ? -1 : 1));
  return order.slice(0, topCount).map((image) => ({ value: value(image), image, at: image + unit }));
}

const added = (order: readonly number[], names = hashes) => {
  const top = new TopActivations(units, names);
  for (const image of order) top.add(image, values[image] as Float32Array, cells(image));
  return top;
};

test('the strongest images of each unit, equal ones in order of their hashes, in whatever order they come', () => {
  const forwards = [...values.keys()];
  for (const order of [forwards, forwards.toReversed(), forwards.toSorted((a, b) => (hashes[a]! < hashes[b]! ? -1 : 1))]) {
    const top = added(order);
    for (let unit = 0; unit < units; unit++) assert.deepEqual(top.of(unit), brute(unit), `unit ${unit}`);
  }
});

test('fewer images than places', () => {
  const top = added([4, 2, 9]);
  for (let unit = 0; unit < units; unit++) assert.deepEqual(top.of(unit), brute(unit, [4, 2, 9]));
});

test('merged from parts with names of their own it is the same', () => {
  const bounds = [0, 30, 31, 200, images];
  const parts = bounds.slice(1).map((end, i) => Array.from({ length: end - (bounds[i] as number) }, (_, k) => (bounds[i] as number) + k));
  for (const order of [parts, parts.toReversed()]) {
    const all = new TopActivations(units, hashes);
    for (const part of order) {
      const own = new TopActivations(
        units,
        part.map((image) => hashes[image] as string),
      );
      for (const [i, image] of part.entries()) own.add(i, values[image] as Float32Array, cells(image));
      all.merge(own, part);
    }
    for (let unit = 0; unit < units; unit++) assert.deepEqual(all.of(unit), brute(unit), `unit ${unit}`);
  }
});

test('packed and unpacked it is the same; other numbers are refused', () => {
  const packed = added([...values.keys()]).pack();
  const again = TopActivations.unpack(hashes, images + units, packed) as TopActivations;
  for (let unit = 0; unit < units; unit++) assert.deepEqual(again.of(unit), brute(unit));
  assert.equal(TopActivations.unpack(hashes, 10, packed), undefined, 'cells that the layer does not have');
  assert.equal(TopActivations.unpack(hashes.slice(0, 9), images + units, packed), undefined, 'images that are not there');
  assert.equal(TopActivations.unpack(hashes, images + units, { ...packed, at: packed.at.subarray(1) }), undefined);
  assert.equal(TopActivations.unpack(hashes, images + units, { ...packed, values: packed.values.with(3, Number.NaN) }), undefined);
});
