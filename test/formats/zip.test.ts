import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsInZip, openZip } from '../../src/formats/zip.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { zip } from '../support/zipFiles.ts';

const text = (words: string) => new TextEncoder().encode(words);
const hello = { name: 'a/hello.txt', content: text('hello hello hello hello') };
const read = async (bytes: Uint8Array, name = hello.name) => (await openZip(bytes)).get(name)?.read();
const refused = async (promise: Promise<unknown>, code: string, message: string | RegExp) => {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
};

test('stored files are views into the archive, deflated ones are inflated, folders are left out', async () => {
  const bytes = zip([{ name: 'a/', content: text('') }, hello, { ...hello, name: 'b', deflate: true }]);
  const files = await openZip(bytes);
  assert.deepEqual([...files.keys()], ['a/hello.txt', 'b']);
  const stored = await files.get(hello.name)?.read();
  assert.equal(stored?.buffer, bytes.buffer);
  assert.deepEqual(Buffer.from((await files.get('b')?.read()) as Uint8Array), Buffer.from(hello.content));
});

test('an archive at the end of another file, whichever way its offsets count', async () => {
  const model = text('TFL3 and so on, 22 bytes and more');
  for (const base of [0, model.length]) {
    const bytes = Buffer.concat([model, zip([hello], base)]);
    assert.equal(endsInZip(bytes), true);
    assert.deepEqual(Buffer.from((await read(bytes)) as Uint8Array), Buffer.from(hello.content));
  }
  assert.equal(endsInZip(model), false);
});

test('a small archive with the end record of ZIP64 too, as PyTorch writes it', async () => {
  const whole = Buffer.from(zip([hello]));
  const end = whole.length - 22;
  const [size, offset] = [whole.readUInt32LE(end + 12), whole.readUInt32LE(end + 16)];
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) record.writeBigUInt64LE(1n, at);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  const bytes = Buffer.concat([whole.subarray(0, end), record, locator, whole.subarray(end)]);
  assert.deepEqual(Buffer.from((await read(bytes)) as Uint8Array), Buffer.from(hello.content));
});

test('what is announced is not believed', async () => {
  const bomb = { name: 'bomb', content: new Uint8Array(2 ** 24), deflate: true };
  await refused(
    read(zip([{ ...bomb, size: 2 ** 30 }]), 'bomb'),
    'file-too-large',
    "The ZIP archive is refused. 'bomb' would inflate to 1073741824 bytes, more than an archive of this size may take (67108864 left).",
  );
  await refused(
    read(zip([{ ...bomb, size: 1000 }]), 'bomb'),
    'file-corrupt',
    "The ZIP archive is damaged: 'bomb' inflates to more than its header says.",
  );
  await refused(
    read(zip([{ ...bomb, size: 2 ** 24 + 1 }]), 'bomb'),
    'file-corrupt',
    "The ZIP archive is damaged: 'bomb' has 16777216 bytes, its header says 16777217.",
  );
  const files = await openZip(zip([1, 2, 3, 4, 5].map((i) => ({ ...bomb, name: `${i}` }))));
  for (const name of ['1', '2', '3', '4']) await files.get(name)?.read();
  await refused(files.get('5')?.read() as Promise<unknown>, 'file-too-large', /\(0 left\)/);
});

test('checksums, encryption, other compressions', async () => {
  await refused(read(zip([{ ...hello, crc: 1 }])), 'file-corrupt', "The ZIP archive is damaged: the checksum of 'a/hello.txt' is wrong.");
  await refused(
    read(zip([{ ...hello, flags: 1, size: hello.content.length - 12 }])),
    'unsupported',
    "In the ZIP archive, 'a/hello.txt' is encrypted, which is not supported.",
  );
  await refused(
    read(zip([{ ...hello, method: 12 }])),
    'unsupported',
    "In the ZIP archive, 'a/hello.txt' is compressed by method 12, which is not supported.",
  );
});

test('names that lead out of a folder, doubled names, no archive', async () => {
  for (const name of ['../x', '/etc/passwd', 'a/../../x', 'C:/x', '..\\x']) {
    await refused(openZip(zip([{ ...hello, name }])), 'file-corrupt', /^The ZIP archive is damaged: a file in it has an unsafe name \(/);
  }
  await refused(openZip(zip([hello, hello])), 'file-corrupt', "The ZIP archive is damaged: it holds two files called 'a/hello.txt'.");
  await refused(openZip(text('PK\x03\x04')), 'file-corrupt', /^The ZIP archive is damaged: end of central directory record/);
  const many = zip(Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}`, content: text('') })));
  await refused(openZip(many), 'file-too-large', 'The ZIP archive is refused. It holds 10001 files; at most 10000 are read.');
});

test('cut off anywhere or with any byte changed: a clear error or the right content', async () => {
  const bytes = zip([hello, { ...hello, name: 'b', deflate: true }]);
  const readAll = async (damaged: Uint8Array) => {
    try {
      for (const file of (await openZip(damaged)).values()) {
        assert.deepEqual(Buffer.from(await file.read()), Buffer.from(hello.content));
      }
    } catch (error) {
      assert.ok(error instanceof ModelError, String(error));
    }
  };
  for (let end = 0; end < bytes.length; end++) await readAll(bytes.subarray(0, end));
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [1, 0x80, 0xff]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] as number) ^ flip;
      await readAll(damaged);
    }
  }
});
