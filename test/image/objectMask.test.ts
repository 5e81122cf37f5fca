// What the values of masks mean, as data sets write them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectMask } from '../../src/image/objectMask.ts';

function grey(...values: number[]): { data: Uint8Array } {
  return { data: Uint8Array.from(values.flatMap((value) => [value, value, value])) };
}

function read(mask: { data: Uint8Array }): number[] {
  const { data } = objectMask(mask);
  const values = Array.from({ length: data.length / 3 }, (_, i) => data[3 * i] as number);
  assert.deepEqual([...data], [...grey(...values).data], 'grey');
  return values;
}

const said: Readonly<Record<string, [number[], number[]]>> = {
  'black and white': [
    [0, 255, 0],
    [0, 255, 0],
  ],
  'soft at its edge: as it is': [
    [0, 10, 130, 240, 255],
    [0, 10, 130, 240, 255],
  ],
  'soft and nowhere white: as it is': [
    [0, 90, 180],
    [0, 90, 180],
  ],
  '0 and 1': [
    [0, 1, 1],
    [0, 255, 255],
  ],
  'numbers of classes': [
    [0, 3, 15, 0],
    [0, 255, 255, 0],
  ],
  'numbers of classes, and void around them': [
    [0, 3, 255, 3],
    [0, 255, 0, 255],
  ],
  'nothing is object': [
    [0, 0],
    [0, 0],
  ],
  'all is object': [
    [255, 255],
    [255, 255],
  ],
};

for (const [name, [values, object]] of Object.entries(said)) {
  test(`a grey mask: ${name}`, () => assert.deepEqual(read(grey(...values)), object));
}

test('a coloured mask: everything that is not black, be it as dark as the palette of Pascal VOC has it', () => {
  const [black, aeroplane, green] = [
    [0, 0, 0],
    [128, 0, 0],
    [0, 64, 0],
  ] as const;
  assert.deepEqual(read({ data: Uint8Array.from([...black, ...aeroplane, ...green]) }), [0, 255, 255]);
});
