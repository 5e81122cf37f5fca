import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { decodeImage } from '../../src/image/decode.ts';
import { type ErrorCode, ModelError } from '../../src/shared/errors.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'glassbox-image-'));
});
after(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const decode = async (name: string, bytes: Uint8Array | string) => await decodeImage(file(name, bytes));

const width = 40;
const height = 30;
/** [height·width·channels]: smooth in one channel, busy in another, so that truncation cannot go unseen. */
function pattern(channels: number): Buffer {
  return Buffer.from(
    Array.from({ length: width * height * channels }, (_, i) => (i * 29 + Math.floor(i / width) * (i % channels) * 11) % 256),
  );
}
const from = (channels: 1 | 2 | 3 | 4, data: Uint8Array = pattern(channels)) => sharp(data, { raw: { width, height, channels } });

async function refuses(promise: Promise<unknown>, code: ErrorCode, ...patterns: RegExp[]): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.code, code, error.message);
    for (const pattern of patterns) assert.match(error.message, pattern);
    assert.ok(error.file?.startsWith(folder), 'the error names the file');
    assert.ok(error.hint, 'the error names the next step');
    return true;
  });
}

for (const [name, bytes] of [
  ['png', () => from(3).png().toBuffer()],
  ['webp', () => from(3).webp({ lossless: true }).toBuffer()],
  ['tiff', () => from(3).tiff({ compression: 'lzw' }).toBuffer()],
] as const) {
  test(`${name}: exact pixels, hash of the file`, async () => {
    const content = await bytes();
    const image = await decode(`a.${name}`, content);
    assert.deepEqual([image.width, image.height, image.source.format], [width, height, name]);
    assert.ok(pattern(3).equals(image.data));
    assert.equal(image.hash, createHash('sha256').update(content).digest('hex'));
    assert.deepEqual(image.notes, []);
  });
}

test('jpeg: near the pixels, whatever the name says', async () => {
  const flat = Buffer.alloc(width * height * 3, 200);
  const image = await decode('jpeg.png', await from(3, flat).jpeg({ quality: 95 }).toBuffer());
  assert.equal(image.source.format, 'jpeg');
  assert.ok(image.data.every((v) => Math.abs(v - 200) <= 1));
});

test('1×1', async () => {
  const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#102030' } })
    .png()
    .toBuffer();
  const image = await decode('one.png', png);
  assert.deepEqual([image.width, image.height, ...image.data], [1, 1, 0x10, 0x20, 0x30]);
});

for (const name of ['png', 'tiff'] as const) {
  test(`16 bit ${name} is scaled, not clipped`, async () => {
    const values = Uint16Array.from({ length: width * height * 3 }, (_, i) => (i * 977) % 65536);
    const png = sharp(values, { raw: { width, height, channels: 3 } })
      .toColourspace('rgb16')
      .png();
    const bytes = name === 'png' ? await png.toBuffer() : tiff(Buffer.from(values.buffer), { bits: 16, samples: 3, photometric: 2 });
    const image = await decode(`deep.${name}`, bytes);
    assert.equal(image.source.depth, 16);
    assert.deepEqual(
      image.data,
      Uint8Array.from(values, (v) => v >> 8),
    );
    assert.deepEqual(image.notes, ['16 bit reduced to 8']);
  });
}

test('16 bit grey is scaled, not clipped', async () => {
  const values = Uint16Array.from({ length: width * height }, (_, i) => i * 54);
  const bytes = await sharp(values, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  const image = await decode('deepgrey.png', bytes);
  assert.deepEqual([image.source.depth, image.source.space], [16, 'grey']);
  assert.deepEqual(
    image.data,
    Uint8Array.from({ length: values.length * 3 }, (_, i) => values[Math.floor(i / 3)]! >> 8),
  );
});

test('grey becomes three equal channels', async () => {
  const grey = pattern(1);
  const image = await decode('grey.png', await from(1).toColourspace('b-w').png().toBuffer());
  assert.equal(image.source.space, 'grey');
  assert.deepEqual(
    image.data,
    Uint8Array.from({ length: grey.length * 3 }, (_, i) => grey[Math.floor(i / 3)]!),
  );
});

test('1 bit palette', async () => {
  const data = Buffer.from(Array.from({ length: width * height }, (_, i) => (i % 3 === 0 ? 255 : 0)));
  const bytes = await from(1, data).png({ palette: true, colours: 2 }).toBuffer();
  const image = await decode('bit.png', bytes);
  assert.deepEqual([...image.data.subarray(0, 12)], [255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255]);
});

for (const [name, bytes] of [
  ['png', () => from(4).png().toBuffer()],
  ['webp', () => from(4).webp({ lossless: true, exact: true }).toBuffer()],
] as const) {
  test(`alpha of ${name} is left out, not blended, and said`, async () => {
    const rgba = pattern(4);
    const image = await decode(`alpha.${name}`, await bytes());
    assert.deepEqual(
      image.data,
      Uint8Array.from({ length: width * height * 3 }, (_, i) => rgba[Math.floor(i / 3) * 4 + (i % 3)]!),
    );
    assert.deepEqual(image.notes, ['transparency left out']);
  });
}

test('an opaque alpha channel is not worth a note; grey with alpha', async () => {
  const opaque = pattern(4).map((v, i) => (i % 4 === 3 ? 255 : v));
  assert.deepEqual((await decode('opaque.png', await from(4, opaque).png().toBuffer())).notes, []);
  const image = await decode('la.png', await from(2).toColourspace('b-w').png().toBuffer());
  assert.deepEqual([...image.data.subarray(0, 6)], [0, 0, 0, 58, 58, 58]);
});

test("CMYK tiff is Pillow's formula, exactly", async () => {
  const image = await decode('cmyk.tiff', tiff(pattern(4), { bits: 8, samples: 4, photometric: 5 }));
  assert.equal(image.source.space, 'cmyk');
  // Pillow 12.3.0: convert('RGB') of c m y k = 0 29 58 87; 116 145 174 203.
  assert.deepEqual([...image.data.subarray(0, 6)], [168, 149, 130, 28, 22, 17]);
  assert.deepEqual(image.notes, ['CMYK converted to RGB without its colour profile']);
});

/** Pillow 12.3.0: Image.new('CMYK', (16, 8), (10, 112, 194, 45)), JPEG quality 90, with Adobe's marker. */
const cmykJpeg = [
  '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AA',
  'FAgACAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQci',
  'cRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqi',
  'o6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9OK6ivkyvtuiiiiv/2Q==',
].join('');

test('CMYK jpeg, whose inks are stored inverted', async () => {
  const image = await decode('cmyk.jpg', Buffer.from(cmykJpeg, 'base64'));
  assert.equal(image.source.space, 'cmyk');
  // Pillow 12.3.0 reads the same bytes as this colour.
  for (let i = 0; i < image.data.length; i++) assert.ok(Math.abs(image.data[i]! - [202, 118, 50][i % 3]!) <= 1);
});

test('animations give their first frame and say so', async () => {
  const frames = Buffer.concat([Buffer.alloc(width * height * 3, 250), Buffer.alloc(width * height * 3, 5)]);
  const animation = sharp(frames, { raw: { width, height: height * 2, channels: 3, pageHeight: height } });
  for (const [name, bytes] of [
    ['gif', await animation.clone().gif().toBuffer()],
    ['webp', await animation.clone().webp({ lossless: true }).toBuffer()],
  ] as const) {
    const image = await decode(`anim.${name}`, bytes);
    assert.deepEqual([image.width, image.height, image.source.pages], [width, height, 2], name);
    assert.ok(image.data.every((v) => v > 240));
    assert.deepEqual(image.notes, ['first of 2 frames']);
  }
});

test('EXIF orientation is applied', async () => {
  // Orientation 6: the stored top row is the right column of the upright picture.
  const rows = Buffer.alloc(width * height * 3);
  rows.fill(255, 0, (width * height * 3) / 2);
  const bytes = await from(3, rows).withMetadata({ orientation: 6 }).png().toBuffer();
  const image = await decode('turned.png', bytes);
  assert.deepEqual([image.width, image.height], [height, width]);
  assert.deepEqual([image.data[0], image.data[(height - 1) * 3]], [0, 255]);
  assert.deepEqual(image.notes, ['turned upright (EXIF orientation 6)']);
});

test('a truncated image is refused, or still has all its pixels; never half grey', async () => {
  const formats: Record<string, Buffer> = {
    png: await from(3).png().toBuffer(),
    jpg: await from(3).jpeg().toBuffer(),
    'progressive.jpg': await from(3).jpeg({ progressive: true }).toBuffer(),
    webp: await from(3).webp().toBuffer(),
    gif: await from(3).gif().toBuffer(),
    tiff: await from(3).tiff({ compression: 'none' }).toBuffer(),
    'lzw.tiff': await from(3).tiff({ compression: 'lzw' }).toBuffer(),
    bmp: bitmap(),
  };
  for (const [name, bytes] of Object.entries(formats)) {
    const whole = await decode(`whole.${name}`, bytes);
    let refused = 0;
    for (const share of [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
      const cut = await decode(`cut.${name}`, bytes.subarray(0, Math.max(4, Math.floor(bytes.length * share)))).catch(
        (error: unknown) => error,
      );
      if (cut instanceof ModelError) {
        assert.ok(cut.code === 'file-corrupt' || cut.code === 'format-unknown', `${name} at ${share}: ${cut.code} ${cut.message}`);
        assert.ok(cut.file && cut.hint);
        refused++;
      } else {
        assert.deepEqual((cut as typeof whole).data, whole.data, `${name} at ${share} lost pixels silently`);
      }
    }
    assert.ok(refused >= 5, `${name}: only ${refused} of 7 refused`);
  }
});

/** 24 bit BMP, bottom row first, rows padded to 4 bytes. */
function bitmap(): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return Buffer.concat([header, pattern(3)]);
}

test('damaged bytes in the middle are refused', async () => {
  const png = await from(3).png().toBuffer();
  png.fill(0x55, Math.floor(png.length / 2), Math.floor(png.length / 2) + 40);
  await refuses(decode('rot.png', png), 'file-corrupt', /rot\.png.*damaged/);
});

test('20,000×20,000 is refused by its header, at once', async () => {
  const png = await sharp({ create: { width: 100, height: 100, channels: 3, background: 'red' } })
    .png({ palette: true, colours: 2 })
    .toBuffer();
  const bytes = withSize(png, 20000, 20000);
  const start = performance.now();
  await refuses(decode('huge.png', bytes), 'file-too-large', /20000×20000/, /400 megapixels/, /100 megapixels/);
  assert.ok(performance.now() - start < 1000);
  const bmp = bitmap();
  bmp.writeInt32LE(20000, 18);
  bmp.writeInt32LE(-20000, 22);
  await refuses(decode('huge.bmp', bmp), 'file-too-large', /20000×20000/);
});

/** The PNG with another size in its header (and the header's checksum made right). */
function withSize(png: Buffer, newWidth: number, newHeight: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(newWidth, 16);
  changed.writeUInt32BE(newHeight, 20);
  changed.writeInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

test('what is no image is named', async () => {
  const cases: [string, string | Buffer, RegExp][] = [
    ['text.png', 'hello, I am no image\n', /text\.png' is a text file/],
    ['bm.bmp', 'BMW is a maker of cars and motorcycles', /a text file/],
    ['empty.jpg', '', /an empty file/],
    ['pointer.jpg', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n', /Git LFS pointer/],
    ['drawing.png', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', /SVG/],
    ['page.jpg', '<!DOCTYPE html><html></html>', /HTML/],
    ['a.webp', Buffer.from('RIFF\x10\0\0\0WAVEfmt ', 'latin1'), /no known kind/],
    ['b.png', Buffer.from([0, 1, 2, 3, 255]), /no known kind/],
  ];
  for (const [name, content, message] of cases) await refuses(decode(name, content), 'format-unknown', message);
});

test('missing file, folder', async () => {
  await refuses(decodeImage(join(folder, 'nowhere.png')), 'file-missing', /nowhere\.png' is not there/);
  await refuses(decodeImage(folder), 'file-missing', /is a folder/);
});

test('float pixels and unknown channels are refused, not guessed', async () => {
  const floats = Float32Array.from({ length: width * height }, (_, i) => i / 1200);
  const bytes = tiff(Buffer.from(floats.buffer), { bits: 32, samples: 1, photometric: 1, sampleFormat: 3 });
  await refuses(decode('float.tiff', bytes), 'unsupported', /float/);
  const many = Buffer.alloc(width * height * 6);
  await refuses(decode('many.tiff', tiff(many, { bits: 8, samples: 6, photometric: 1 })), 'unsupported', /6 /);
});

interface TiffLayout {
  bits: 8 | 16 | 32;
  samples: number;
  /** 1: grey, 2: RGB, 5: CMYK. */
  photometric: 1 | 2 | 5;
  /** 1: unsigned, 3: float. */
  sampleFormat?: 1 | 3;
}

/** Little-endian TIFF of one uncompressed strip. */
function tiff(strip: Buffer, { bits, samples, photometric, sampleFormat = 1 }: TiffLayout): Buffer {
  const short = 3;
  const long = 4;
  const bitsAt = 8 + strip.length;
  const bitsList = Buffer.alloc(samples * 2);
  for (let i = 0; i < samples; i++) bitsList.writeUInt16LE(bits, i * 2);
  const tags = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, samples, samples > 2 ? bitsAt : bits],
    [259, short, 1, 1],
    [262, short, 1, photometric],
    [273, long, 1, 8],
    [277, short, 1, samples],
    [278, long, 1, height],
    [279, long, 1, strip.length],
    [339, short, 1, sampleFormat],
  ] as const;
  const directory = Buffer.alloc(2 + tags.length * 12 + 4);
  directory.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, type, count, value], i) => {
    directory.writeUInt16LE(tag, 2 + i * 12);
    directory.writeUInt16LE(type, 4 + i * 12);
    directory.writeUInt32LE(count, 6 + i * 12);
    directory.writeUInt32LE(value, 10 + i * 12);
  });
  const head = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(bitsAt + bitsList.length, 4);
  return Buffer.concat([head, strip, bitsList, directory]);
}

test('cancel', async () => {
  const path = file('cancel.png', await from(3).png().toBuffer());
  await assert.rejects(
    decodeImage(path, AbortSignal.abort()),
    (error: unknown) => error instanceof ModelError && error.code === 'cancelled',
  );
  const controller = new AbortController();
  const running = decodeImage(path, controller.signal);
  controller.abort();
  await assert.rejects(running, (error: unknown) => error instanceof ModelError && error.code === 'cancelled');
});

test('without the native library decoding fails with a next step, and everything else still loads', async () => {
  const png = file('any.png', await from(3).png().toBuffer());
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name === 'sharp') throw new Error('Could not load the "sharp" module using the plan9-mips runtime\\nPossible solutions:');
      return next(name, context);
    } });
    const { decodeImage } = await import(${JSON.stringify(new URL('../../src/image/decode.ts', import.meta.url).href)});
    await decodeImage(${JSON.stringify(png)}).catch(({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const error = JSON.parse(stdout || JSON.stringify({ code: stderr }));
  assert.equal(error.code, 'engine');
  assert.match(error.message, /sharp.*plan9-mips runtime/);
  assert.match(error.hint, /npm install/);
});

test('alpha is kept beside the colours where a pixel is not opaque, and only there', async () => {
  const write = async (name: string, bytes: number[]) => {
    const raw = { width: 2, height: 1, channels: 4 } as const;
    return await decodeImage(file(name, await sharp(Uint8Array.from(bytes), { raw }).png().toBuffer()));
  };
  const half = await write('half.png', [10, 20, 30, 128, 40, 50, 60, 255]);
  assert.deepEqual(
    [[...half.data], [...(half.alpha ?? [])]],
    [
      [10, 20, 30, 40, 50, 60],
      [128, 255],
    ],
  );
  assert.deepEqual(half.notes, ['transparency left out']);
  assert.equal((await write('opaque.png', [10, 20, 30, 255, 40, 50, 60, 255])).alpha, undefined);
});
