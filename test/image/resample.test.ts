/** All numbers: Pillow 12.3.0, Image.resize, ImageOps.fit, Image.convert, on the same formula image. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { cmykToRgb, rgbToGray } from '../../src/image/channels.ts';
import { type Pixels, type ResampleOptions, resample } from '../../src/image/resample.ts';

function formula(width: number, height: number, channels: number): Pixels {
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++, i++) data[i] = x * 37 + y * 91 + c * 53 + x * y * 7 + Math.floor((x * x * y) / 3) * (c + 1);
    }
  }
  return { width, height, channels, data };
}

const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const sha = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

const small: [string, Pixels, ResampleOptions, string][] = [
  [
    'bilinear, smaller',
    formula(13, 9, 3),
    { width: 5, height: 4 },
    '6a84907b858c757b836170917c92657d8388766d806d878a7c8a866b7093768882738b71747b7b707b8c7877a48166828290709aa08d887c59818e8a',
  ],
  [
    'bicubic, smaller',
    formula(13, 9, 3),
    { width: 5, height: 4, interpolation: 'bicubic' },
    '6583917d8890757c7c5c6b957f966382868674697d6a878d829084696698768a87748a70747a766b7d937875ab7f618281936ea0a59288794f83918b',
  ],
  [
    'nearest, smaller',
    formula(13, 9, 3),
    { width: 5, height: 4, interpolation: 'nearest' },
    '87bcf1e21a526fb0f10252a267c4214c82b8c8064491ea436cf27808b66410467caef236b32495d6924ea8a6a4d50c4394de28d55ee74032244998e7',
  ],
  [
    'bilinear, box with fractions',
    formula(13, 9, 3),
    { width: 4, height: 4, box: { x: 1.5, y: 0.25, width: 11.25, height: 8.5 } },
    '7b8589738088696e89748c747d73896f7c88778f806f769774877c73816e6e758b7779a27a7f729c9c898887677f8f8e',
  ],
  [
    'bilinear, larger, one channel',
    formula(13, 9, 1),
    { width: 17, height: 11 },
    '001834516d89a5c2de3717334f6b88a4bc425d7e9fc05e496b8d7b8d79193c6185a48dab976b92676c74325c868f68946e62897a9d844f7b6779823565656ca0d473406e2248779fad49406a7db47f49639f633b536c97cad3466fa9a92261a198266bb2a038b65e4c7e973f4178993e5491af5b867d1d5e54719459527d9f6c72555a9e305a94a54b82947c589ab0a086817267685b5f91e796a385546cb7b294b783909a75a66c6fccd87061821055adcc66c7a493ee984550b4',
  ],
];

for (const [name, source, options, expected] of small) {
  test(`resample is Pillow's, ${name}`, () => {
    const result = resample(source, options);
    assert.equal(hex(result.data), expected);
    assert.deepEqual([result.width, result.height, result.channels], [options.width, options.height, source.channels]);
  });
}

test("resample is Pillow's on a photograph's size", () => {
  const photo = formula(640, 481, 3);
  const size = { width: 224, height: 224 };
  assert.equal(sha(resample(photo, size).data), 'e31572d61b5926a00683424d167487f558f141049033d1dba9f3d43abf8e0af3');
  const bicubic = resample(photo, { ...size, interpolation: 'bicubic' });
  assert.equal(sha(bicubic.data), 'd7e0fd424c116159c73fb35c88b7f886b4ae1a644fbe96715a5e9359e90d1faf');
  const nearest = resample(photo, { ...size, interpolation: 'nearest' });
  assert.equal(sha(nearest.data), 'b479917d95bd4a7592ce026d5ebdac329c1e2e8420b43adc82e19fc3f0614f23');
  assert.equal(sha(resample(formula(50, 40, 3), size).data), 'eed2a4d507dce295f97029891b7050e9b1aca3655756faa50cd2eb568166ba59');
});

test('without antialias two source pixels make one, like tf.image.resize', () => {
  // Half-pixel centres of 8 → 2 are at 1.5 and 5.5 in pixel indices: the means of pixels 1, 2 and of 5, 6.
  const source = { width: 8, height: 1, channels: 1, data: Uint8Array.of(0, 10, 20, 200, 200, 50, 70, 0) };
  assert.deepEqual([...resample(source, { width: 2, height: 1, antialias: false }).data], [15, 60]);
});

test('one pixel fills any size', () => {
  const result = resample({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 128, 255) }, { width: 3, height: 2 });
  assert.deepEqual([...result.data], Array.from({ length: 6 }, () => [1, 128, 255]).flat());
});

test("luma and CMYK are Pillow's", () => {
  assert.equal(sha(rgbToGray(formula(640, 481, 3).data)), '7231cd9c35564a59e1199aee2464cd962f68c8825f8a3fd2afca7f5db29538fb');
  const cmyk = Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => i * 7 + Math.floor(i / 5));
  assert.equal(sha(cmykToRgb(cmyk, 4)), 'd68968d99b88ab839152f63959121d3cd327c9be26f66ab6cdb5842ff4b40e6d');
});
