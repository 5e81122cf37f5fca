import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colorMaps, colorTable, fittingColorMap, sampleColorMap } from '../../src/shared/colorMaps.ts';
import { colorScale, drawnValues, scalePosition } from '../../src/shared/colorScale.ts';

// matplotlib 3.11.2: cm.<name>(t, bytes=True)
const expected: [Parameters<typeof sampleColorMap>[0], number, number[]][] = [
  ['viridis', 0, [68, 1, 84]],
  ['viridis', 0.5, [32, 144, 140]],
  ['viridis', 1, [253, 231, 36]],
  ['magma', 0.25, [80, 18, 123]],
  ['inferno', 0.75, [249, 142, 8]],
  ['cividis', 1, [253, 231, 55]],
  ['coolwarm', 0.5, [221, 220, 219]],
  ['coolwarm', 0, [58, 76, 192]],
  ['gray', 0.5, [128, 128, 128]],
];
for (const [id, t, rgb] of expected) {
  test(`${id} at ${t} is matplotlib's`, () => assert.deepEqual(sampleColorMap(id, t), rgb));
}

test('every map has 256 colours and takes values outside 0..1', () => {
  for (const { id } of colorMaps) {
    assert.equal(colorTable(id).length, 768);
    assert.deepEqual(sampleColorMap(id, -3), sampleColorMap(id, 0));
    assert.deepEqual(sampleColorMap(id, 7), sampleColorMap(id, 1));
  }
});

test('sequential maps get lighter all the way; a diverging one is lightest in its middle', () => {
  const luma = (table: Uint8Array, i: number) => 0.299 * table[i * 3]! + 0.587 * table[i * 3 + 1]! + 0.114 * table[i * 3 + 2]!;
  for (const { id, kind } of colorMaps) {
    const table = colorTable(id);
    const steps = Array.from({ length: 16 }, (_, i) => luma(table, i * 17));
    const rising = kind === 'sequential' ? steps : steps.slice(0, 8);
    for (let i = 1; i < rising.length; i++) assert.ok(rising[i]! > rising[i - 1]!, `${id} at ${i}`);
    if (kind === 'diverging') assert.ok(luma(table, 255) < luma(table, 128) - 50);
  }
});

test('a map of the wrong kind or an unknown one is replaced', () => {
  assert.equal(fittingColorMap('magma', 'sequential'), 'magma');
  assert.equal(fittingColorMap('magma', 'diverging'), 'coolwarm');
  assert.equal(fittingColorMap('coolwarm', 'sequential'), 'viridis');
  assert.equal(fittingColorMap('jet', 'sequential'), 'viridis');
  assert.equal(fittingColorMap(undefined, 'diverging'), 'coolwarm');
});

test('scales: 0..max with relu, around 0 where signed, min..max otherwise', () => {
  const values = Float32Array.of(-2, 0, 1, Number.NaN);
  const scales = [
    colorScale(drawnValues(values, true), { relu: true, signed: true }),
    colorScale(values, { relu: false, signed: true }),
    colorScale(values, { relu: false, signed: false }),
  ];
  assert.deepEqual(
    scales.map(({ kind, low, high, flat }) => [kind, low, high, flat]),
    [
      ['sequential', 0, 1, false],
      ['diverging', -2, 2, false],
      ['sequential', -2, 1, false],
    ],
  );
  assert.equal(scalePosition(scales[1]!, 1), 0.75);
});

test('flat: equal values, nothing positive under relu, nothing finite', () => {
  const relu = { relu: true, signed: true };
  assert.equal(colorScale(drawnValues(Float32Array.of(-1, -2), true), relu).flat, true);
  assert.equal(colorScale(Float32Array.of(3, 3, 3), { relu: false, signed: true }).flat, true);
  assert.equal(colorScale(Float32Array.of(Number.NaN), relu).flat, true);
  assert.equal(colorScale(new Float32Array(), relu).flat, true);
});
