import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeImage, type RgbImage } from '../../src/image/decode.ts';
import { fedPixels, pixelBounds, preprocess } from '../../src/image/preprocess.ts';
import { ModelError } from '../../src/shared/errors.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

const raw: Preprocessing = { resize: 'stretch', channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
const gray: Preprocessing = { ...raw, channels: 'gray', mean: [0], std: [1] };

function imageOf(width: number, height: number, data: ArrayLike<number>): RgbImage {
  const source = { format: 'png', depth: 8, space: 'rgb', alpha: false, pages: 1, orientation: 1 } as const;
  return { width, height, data: Uint8Array.from(data), hash: '', source, notes: [] };
}

function formula(width: number, height: number): RgbImage {
  const value = (x: number, y: number, c: number) => x * 37 + y * 91 + c * 53 + x * y * 7 + Math.floor((x * x * y) / 3) * (c + 1);
  const data = Array.from(
    { length: width * height * 3 },
    (_, i) => value(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3) % 256,
  );
  return imageOf(width, height, data);
}

const two = imageOf(2, 1, [10, 20, 30, 40, 50, 60]);

test('channels first, (pixel·scale − mean)/std per fed channel', () => {
  const how: Preprocessing = { ...raw, scale: 2, mean: [1, 2, 3], std: [1, 2, 4] };
  const fed = preprocess(two, how, { channels: 3, height: 1, width: 2 });
  assert.deepEqual(fed.shape, [1, 3, 1, 2]);
  assert.deepEqual([...fed.tensor], [19, 79, 19, 49, 14.25, 29.25]);
  assert.deepEqual([fed.min, fed.max], [14.25, 79]);
  assert.deepEqual(fed.covers, { x: 0, y: 0, width: 2, height: 1 });
});

test('BGR: mean and std stand in fed order, the visible pixels are swapped back', () => {
  const how: Preprocessing = { ...raw, channels: 'BGR', mean: [1, 2, 3] };
  const size = { channels: 3, height: 1, width: 2 };
  const fed = preprocess(two, how, size);
  assert.deepEqual([...fed.tensor], [29, 59, 18, 48, 7, 37]);
  assert.deepEqual([...fedPixels(fed.tensor, how, size).data], [...two.data]);
});

test('gray is ITU-R 601 luma', () => {
  const primaries = imageOf(4, 1, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
  const fed = preprocess(primaries, gray, { channels: 1, height: 1, width: 4 });
  assert.deepEqual([...fed.tensor], [76, 150, 29, 255]);
});

test('visible pixels of a tensor from a file: min..max becomes 0..255', () => {
  const pixels = fedPixels(Float32Array.of(-1, 0, 1, 1), undefined, { channels: 1, height: 2, width: 2 });
  assert.deepEqual([...pixels.data], [0, 128, 255, 255]);
  assert.deepEqual([...fedPixels(Float32Array.of(3, 3), undefined, { channels: 1, height: 1, width: 2 }).data], [0, 0]);
});

const visible = (image: RgbImage, resize: Preprocessing['resize'], height: number, width: number) => {
  const size = { channels: 3, height, width };
  const how = { ...raw, resize };
  const fed = preprocess(image, how, size);
  return { covers: fed.covers, data: fedPixels(fed.tensor, how, size).data };
};

test("cover is Pillow's ImageOps.fit", () => {
  const square = visible(formula(13, 9), 'cover', 4, 4);
  assert.equal(
    Buffer.from(square.data).toString('hex'),
    '7d848e7a838769757a62799d7e70876b7785758f817d889475867c79816c6b7d80737c9d72876ca09a878f977980805f',
  );
  assert.deepEqual(square.covers, { x: 2, y: 0, width: 9, height: 9 });
  const tall = visible(formula(13, 9), 'cover', 7, 3);
  assert.equal(
    Buffer.from(tall.data).toString('hex'),
    '8ac181a35a6b3c5c6a695e734e83b485a26d616d946a987c7c7a818f70675f88ab859a7f68885b80696c4c6c78aa917390909876a59ab6938f97c09fa69353',
  );
  const photo = visible(formula(640, 481), 'cover', 224, 224);
  assert.equal(createHash('sha256').update(photo.data).digest('hex'), 'd0c05106cf9b2a35277ca5f49754a51c6ac659e0a6b31cc5769ae81da0b46aeb');
});

test("contain is Pillow's ImageOps.pad with black", () => {
  const square = visible(formula(13, 9), 'contain', 6, 6);
  assert.equal(
    Buffer.from(square.data).toString('hex'),
    '0000000000000000000000000000000000006483917d838f7a84866975796174a08393587987857d6f856b7785768f827d889266698f748c8274897b7a806d6a7d81747b987873a1866086708a6ba299888f9a7c837a59858c90000000000000000000000000000000000000',
  );
  // 4 of 6 rows show the 9 of the image: a row is 2.25 pixels high and one stands above it.
  assert.deepEqual(square.covers, { x: 0, y: -2.25, width: 13, height: 13.5 });
  const photo = visible(formula(640, 481), 'contain', 224, 224);
  assert.equal(createHash('sha256').update(photo.data).digest('hex'), '660e71d221596359f31f086e9f4f42877c733071e701055b739cb40ef9ab3115');
});

test('contain and cover of extreme shapes keep at least a pixel', () => {
  const line = formula(1000, 1);
  assert.equal(visible(line, 'contain', 4, 4).data.length, 48);
  assert.deepEqual(visible(line, 'cover', 4, 4).covers, { x: 499.5, y: 0, width: 1, height: 1 });
});

/** Transparent in places, invisible and opaque in others. */
function transparent(): RgbImage {
  const image = formula(13, 9);
  const alpha = Uint8Array.from({ length: 13 * 9 }, (_, i) => {
    const [x, y] = [i % 13, Math.floor(i / 13)];
    return (x + y) % 3 > 0 ? (x * 29 + y * 17) % 256 : x % 2 > 0 ? 0 : 255;
  });
  return { ...image, alpha };
}

const rgba: Preprocessing = { ...raw, channels: 'RGBA', mean: [0, 0, 0, 0], std: [1, 1, 1, 1] };

for (const [interpolation, golden] of [
  [
    'bilinear',
    '5b886a548793656f827075aa7f5c7a6c9c906558657b88676a857b8671898aa9af5fac536756a47984828475758d69a965917a7b7b6eb2617066ab958267798f85916ab4929a7859917f518091896ea1',
  ],
  [
    'bicubic',
    '4f8768538e96686b81706db178557d6ca99d61566a7c8c626686788c6f8890aac95db54c614da97d877e8977788e68ae6595767b776ec65a6e63b19a7e62798f849467bd9da07d498e804683948b6daa',
  ],
  [
    'nearest',
    '87bcf12ee21a52686fb0f1bf0252a21667c421004c82b850c806440091ea43ff6cf2780008b6647210467c00aef236acb3249503d6924e5aa8a6a494d50c439494de28ced55ee7254032247c4998e700',
  ],
] as const) {
  test(`RGBA, ${interpolation}: transparent pixels are averaged as Pillow does it`, () => {
    const size = { channels: 4, height: 4, width: 5 };
    const image = transparent();
    const before = Uint8Array.from(image.data);
    const fed = preprocess(image, { ...rgba, interpolation }, size);
    assert.equal(Buffer.from(fedPixels(fed.tensor, rgba, size).data).toString('hex'), golden);
    assert.deepEqual(image.data, before, 'the picture itself stays as it is');
  });
}

test('RGBA of an opaque image: alpha 255, colours as in RGB, mean and std for four channels', () => {
  const size = { channels: 4, height: 4, width: 5 };
  const fed = preprocess(formula(13, 9), rgba, size);
  const golden =
    '6a8490ff7b858cff757b83ff617091ff7c9265ff7d8388ff766d80ff6d878aff7c8a86ff6b7093ff768882ff738b71ff747b7bff707b8cff7877a4ff816682ff829070ff9aa08dff887c59ff818e8aff';
  assert.equal(Buffer.from(fedPixels(fed.tensor, rgba, size).data).toString('hex'), golden);
  const scaled = preprocess(
    two,
    { ...rgba, scale: 1 / 255, mean: [0, 0, 0, 0.5], std: [1, 1, 1, 0.25] },
    { channels: 4, height: 1, width: 2 },
  );
  assert.deepEqual([...scaled.tensor.slice(6)], [2, 2]);
  assert.deepEqual([...pixelBounds({ ...rgba, mean: [0, 0, 0, 1] }, { channels: 4 }).low], [0, 0, 0, -1]);
});

test('contain in RGBA: the borders are transparent', () => {
  const fed = preprocess(two, { ...rgba, resize: 'contain' }, { channels: 4, height: 2, width: 2 });
  assert.deepEqual([...fed.tensor.slice(12)], [255, 255, 0, 0]);
});

test('crop: the middle of the image, whatever the way it is then resized', () => {
  const size = { channels: 3, height: 4, width: 4 };
  const cropped = (resize: Preprocessing['resize']) => {
    const fed = preprocess(formula(13, 9), { ...raw, crop: 0.75, resize }, size);
    return { covers: fed.covers, hex: Buffer.from(fedPixels(fed.tensor, raw, size).data).toString('hex') };
  };
  assert.deepEqual(cropped('stretch'), {
    covers: { x: 1.625, y: 1.125, width: 9.75, height: 6.75 },
    hex: '817d7c6a70836f858275789583728e6d7a8778937e7b8c9975887e6f81686b777d7772a77c747798937b7d90846c9996',
  });
  assert.deepEqual(cropped('cover'), {
    covers: { x: 3.125, y: 1.125, width: 6.75, height: 6.75 },
    hex: '767275686c8b6a938978667e6e67766e7e917e90876d9d71629a6d7c74695f7c7a7f6f8783946d9e8f7e7f9997737b5d',
  });
  // 3 of 4 rows show the 6.75 of the crop.
  assert.deepEqual(cropped('contain').covers, { x: 1.625, y: 1.125, width: 9.75, height: 9 });
});

const refused: [string, Preprocessing, [number, number, number], ModelError['code'], RegExp][] = [
  ['size', { ...raw, size: [224, 200] }, [3, 224, 224], 'shape', /224×200.*224×224/],
  ['colour for a gray model', raw, [1, 28, 28], 'shape', /3 channels \(RGB\).*takes 1/],
  ['gray for a colour model', gray, [3, 28, 28], 'shape', /1 channels \(gray\).*takes 3/],
  ['an RGBA preparation for colours', rgba, [3, 28, 28], 'shape', /4 channels \(RGBA\).*takes 3/],
  ['RGB for four channels', raw, [4, 28, 28], 'shape', /gives 3 channels \(RGB\), the model takes 4/],
  ['twelve channels', raw, [12, 28, 28], 'input', /has 12 channels; an image has 1 \(gray\), 3 \(RGB, BGR\) or 4 \(RGBA\)/],
  ['short mean', { ...raw, mean: [0] }, [3, 28, 28], 'shape', /1 and 3 numbers for 3 channels/],
];

for (const [name, how, [channels, height, width], code, message] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => preprocess(two, how, { channels, height, width }),
      (error: unknown) => error instanceof ModelError && error.code === code && message.test(error.message) && error.hint !== undefined,
    );
  });
}

interface GoldenImage {
  key: string;
  file: string;
  shape: [number, number, number];
  inputFloatSum: number;
  inputFirst3: number[];
}

const networks: [string, Preprocessing][] = [
  ['squeezenet', { ...raw, channels: 'BGR', mean: [104, 117, 123] }],
  ['resnet50', { ...raw, channels: 'BGR', mean: [103.939, 116.779, 123.68] }],
  ['mobilenet', { ...raw, scale: 1 / 127.5, mean: [1, 1, 1] }],
  ['darknettiny', { ...raw, scale: 1 / 255 }],
  ['tinyvgg', { ...raw, scale: 1 / 255 }],
  ['resnet8', raw],
];

for (const [network, how] of networks) {
  test(`golden inputs of ${network}: first values and sum`, (t) => {
    const folder = sharedPath(`golden/realnets/${network}`);
    if (!folder) return t.skip(sharedMissing);
    const { images } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { images: GoldenImage[] };
    for (const { file, shape, inputFloatSum, inputFirst3 } of images) {
      const [height, width] = shape;
      const fed = preprocess(imageOf(width, height, readFileSync(join(folder, file))), how, { channels: 3, height, width });
      const first = [0, 1, 2].map((c) => fed.tensor[c * height * width]!);
      first.forEach((value, c) => {
        // The reference subtracts in float32: an ulp of 255.
        assert.ok(Math.abs(value - inputFirst3[c]!) < 1e-5, `${file} ${c}: ${value} ${inputFirst3[c]}`);
      });
      const sum = fed.tensor.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - inputFloatSum) < 1e-5 * fed.tensor.length, `${file}: sum ${sum}, golden ${inputFloatSum}`);
    }
  });
}

test('decoded and resized photographs are the golden bytes', async (t) => {
  const golden = sharedPath('golden/realnets');
  const photos = sharedPath('images');
  if (!golden || !photos) return t.skip(sharedMissing);
  for (const [network, key, photo, side] of [
    ['squeezenet', 'both', 'grad-cam/both.png', 227],
    ['squeezenet', 'coffee', 'scikit-image/coffee.png', 227],
    ['mobilenet', 'chelsea', 'scikit-image/chelsea.png', 224],
  ] as const) {
    const { data } = visible(await decodeImage(join(photos, photo)), 'stretch', side, side);
    assert.ok(readFileSync(join(golden, network, 'inputs', `${key}.u8`)).equals(data), `${network} ${key}`);
  }
});

test('a golden photograph cut to a square: cover gives the same pixels inside the border', async (t) => {
  const golden = sharedPath('golden/realnets/tinyvgg/inputs/coffee.u8');
  const photo = sharedPath('images/scikit-image/coffee.png');
  if (!golden || !photo) return t.skip(sharedMissing);
  const { data } = visible(await decodeImage(photo), 'cover', 64, 64);
  const expected = readFileSync(golden);
  // The reference cut first: at the border its averages know no pixels outside the cut, those of ImageOps.fit do.
  for (let y = 0; y < 64; y++) {
    for (let x = 1; x < 63; x++) {
      const at = (y * 64 + x) * 3;
      assert.deepEqual([...data.subarray(at, at + 3)], [...expected.subarray(at, at + 3)], `${x},${y}`);
    }
  }
});
