/** What is fed of a data set from one checkpoint to the next: the same bit by bit, within its bound, of the images of now. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FedPixels } from '../../../src/engine/training/fedPixels.ts';
import { preprocess } from '../../../src/image/preprocess.ts';
import { Random } from '../../../src/shared/random.ts';
import type { Preprocessing } from '../../../src/shared/sidecar.ts';

type Fed = Parameters<FedPixels['keep']>[0];

const plain: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] };
const ways: Record<string, Preprocessing> = {
  plain,
  torch: { ...plain, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  caffe: { ...plain, resize: 'cover', channels: 'BGR', scale: 1, mean: [104, 117, 123] },
  grey: { ...plain, channels: 'gray', mean: [0.1307], std: [0.3081] },
  alpha: { ...plain, resize: 'contain', channels: 'RGBA', mean: [0, 0, 0, 0], std: [1, 1, 1, 1] },
  inverted: { ...plain, scale: -1 / 127.5, mean: [-1, -1, -1] },
};

function fedAs(preprocessing: Preprocessing, side = 24): Fed {
  const channels = preprocessing.mean.length;
  return { preprocessing, open: { model: { input: { channels, height: side, width: side } } } } as unknown as Fed;
}

function tensorOf({ preprocessing, open }: Fed, seed: number): Float32Array {
  const random = Random.seeded(seed);
  const [width, height] = [40, 31];
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.below(256));
  const image = { width, height, data: bytes(width * height * 3), alpha: bytes(width * height), hash: '', notes: [] };
  return preprocess(image as never, preprocessing, open.model.input).tensor;
}

for (const [name, preprocessing] of Object.entries(ways)) {
  test(`${name}: the same bit by bit, in a quarter of the room`, () => {
    const [pixels, fed] = [new FedPixels(), fedAs(preprocessing)];
    pixels.begin(fed, ['a', 'b']);
    const tensors = [tensorOf(fed, 1), tensorOf(fed, 2)];
    for (const [i, hash] of ['a', 'b'].entries()) pixels.keep(fed, hash, tensors[i]!);
    for (const [i, hash] of ['a', 'b'].entries()) assert.deepEqual(pixels.tensor(fed, hash), tensors[i]);
    assert.equal(pixels.bytes, 2 * tensors[0]!.length);
    assert.equal(pixels.tensor(fed, 'c'), undefined);
  });
}

test('what cannot be made again is not kept', () => {
  const [pixels, fed] = [new FedPixels(), fedAs(plain)];
  pixels.begin(fed, ['a']);
  const tensor = tensorOf(fed, 1);
  pixels.keep(fed, 'a', tensor.with(5, 0.123456));
  assert.deepEqual([pixels.tensor(fed, 'a'), pixels.bytes], [undefined, 0]);
});

test('bounded: the first ones stay, the next pass finds them', () => {
  const fed = fedAs(plain);
  const size = tensorOf(fed, 1).length;
  const pixels = new FedPixels(2.5 * size);
  for (let pass = 0; pass < 2; pass++) {
    pixels.begin(fed, ['a', 'b', 'c']);
    for (const [i, hash] of ['a', 'b', 'c'].entries()) pixels.keep(fed, hash, tensorOf(fed, i));
    assert.deepEqual(
      ['a', 'b', 'c'].map((hash) => pixels.tensor(fed, hash) !== undefined),
      [true, true, false],
    );
    assert.equal(pixels.bytes, 2 * size);
  }
});

test('images that left the set, and all that are fed in another way or size, are dropped', () => {
  const fed = fedAs(plain);
  const pixels = new FedPixels();
  const fill = () => {
    pixels.begin(fed, ['a', 'b']);
    for (const [i, hash] of ['a', 'b'].entries()) pixels.keep(fed, hash, tensorOf(fed, i));
  };
  fill();
  pixels.begin(fed, ['b', 'c']);
  assert.deepEqual([pixels.tensor(fed, 'a'), pixels.bytes], [undefined, tensorOf(fed, 1).length]);
  assert.ok(pixels.tensor(fed, 'b'));
  for (const other of [fedAs(ways.torch!), fedAs(plain, 12)]) {
    fill();
    pixels.begin(other, ['a', 'b']);
    assert.deepEqual([pixels.tensor(other, 'a'), pixels.bytes], [undefined, 0]);
  }
});
