import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colorTable } from '../../../src/shared/colorMaps.ts';
import { resizeBilinear } from '../../../src/shared/resample.ts';
import { colourPlaced, PlacedGrid } from '../../../webview/draw/placed.ts';

const placement = (rows: readonly number[], columns: readonly number[], even = false) => ({
  rows: new Float32Array(rows),
  columns: new Float32Array(columns),
  even,
});

const evenly = (cells: number, pixels: number) => Array.from({ length: cells }, (_, i) => ((i + 0.5) * pixels) / cells - 0.5);

function near(values: Float32Array, wanted: readonly number[], tolerance = 1e-5): void {
  assert.equal(values.length, wanted.length);
  for (const [i, value] of values.entries())
    assert.ok(Object.is(value, wanted[i]) || Math.abs(value - (wanted[i] ?? Number.NaN)) <= tolerance, `${i}: ${value}, not ${wanted[i]}`);
}

test('a cell has its value exactly where its centre lies, and lies halfway between two centres', () => {
  // Centres at pixels 2, 5 and 8 of 12, one row.
  const grid = new PlacedGrid(placement([0], [2, 5, 8]), [1, 12], { width: 12, height: 1 }, true);
  const nan = Number.NaN;
  near(grid.values(new Float32Array([3, 9, 0])), [nan, 3, 3, 5, 7, 9, 6, 3, 0, 0, nan, nan]);
});

test('nearest: cells are bounded by the midpoints between centres, the outer ones by half a step', () => {
  // Unequal steps of 2 and 6: midpoints at 2 and 6, ends at 0 and 12. Twice as many points as pixels.
  const grid = new PlacedGrid(placement([0], [1, 3, 9]), [1, 14], { width: 28, height: 1 }, false);
  const values = grid.values(new Float32Array([1, 2, 3]));
  const at = (place: number) => values[Math.round((place + 0.5) * 2 - 0.5)];
  assert.deepEqual([-0.25, 0.25, 1.75, 2.25, 5.75, 6.25, 11.75, 12.25].map(at), [Number.NaN, 1, 1, 2, 2, 3, 3, Number.NaN]);
});

test('centres outside of the picture: only what is inside is drawn', () => {
  // Padding: the first centre lies at −3, the last at 13 of 10 pixels.
  const grid = new PlacedGrid(placement([0], [-3, 5, 13]), [1, 10], { width: 10, height: 1 }, true);
  near(grid.values(new Float32Array([0, 8, 0])), [3, 4, 5, 6, 7, 8, 7, 6, 5, 4]);
});

test('rows and columns are not confused', () => {
  const grid = new PlacedGrid(placement([1, 3], [0, 2, 4]), [5, 5], { width: 5, height: 5 }, true);
  const values = grid.values(new Float32Array([0, 10, 20, 100, 110, 120]));
  const at = (row: number, column: number) => values[5 * row + column];
  assert.deepEqual([at(1, 0), at(1, 1), at(1, 4), at(3, 0), at(2, 2), at(3, 3)], [0, 5, 20, 100, 60, 115]);
  // Half a step above the first row of centres is the edge of its cells.
  assert.deepEqual([at(0, 2), at(4, 2)], [10, 110]);
});

test('a single cell stands for the whole picture', () => {
  const grid = new PlacedGrid(placement([31.5], [31.5], true), [64, 64], { width: 3, height: 2 }, true);
  near(grid.values(new Float32Array([4])), [4, 4, 4, 4, 4, 4]);
});

test('evenly spread cells are the plain resize with half-pixel centres', () => {
  const cells = Float32Array.from({ length: 7 * 5 }, (_, i) => Math.sin(3 * i) * 4);
  const grid = new PlacedGrid(placement(evenly(7, 224), evenly(5, 100)), [224, 100], { width: 40, height: 63 }, true);
  near(grid.values(cells), [...resizeBilinear(cells, 7, 5, 63, 40)]);
});

test('a strided network whose cells do not fill the picture: no naive resize', () => {
  // fire9 of SqueezeNet: 13 cells, step 16, over 227 pixels. A resize would stretch them by 227 / 208.
  const centres = Array.from({ length: 13 }, (_, i) => 17 + 16 * i);
  const grid = new PlacedGrid(placement(centres, centres), [227, 227], { width: 227, height: 227 }, true);
  const cells = new Float32Array(169).fill(0);
  cells[0] = 1;
  const values = grid.values(cells);
  const along = [8, 9, 17, 25, 33].map((x) => values[227 * 17 + x]);
  assert.deepEqual(along, [Number.NaN, 1, 1, 0.5, 0]);
});

const pixels = (...rgba: number[]) =>
  ({ data: new Uint8ClampedArray(rgba), width: rgba.length / 4, height: 1, colorSpace: 'srgb' }) as ImageData;
const viridis = (i: number) => [...colorTable('viridis').subarray(3 * i, 3 * i + 3)];

test('alone: the colour of each value, nothing where no cell is', () => {
  const image = pixels(9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 0);
  const scale = { kind: 'sequential', low: 0, high: 2, flat: false } as const;
  colourPlaced(image, new Float32Array([0, 2, Number.NaN]), { scale, colorMap: 'viridis', opacity: undefined });
  assert.deepEqual([...image.data], [...viridis(0), 255, ...viridis(255), 255, 9, 9, 9, 0]);
});

test('over a picture: silent cells leave it, strong ones cover it as far as the opacity', () => {
  const image = pixels(100, 100, 100, 255, 100, 100, 100, 255, 100, 100, 100, 255, 100, 100, 100, 255);
  const scale = { kind: 'sequential', low: 0, high: 2, flat: false } as const;
  colourPlaced(image, new Float32Array([0, 2, 7, 0.5]), { scale, colorMap: 'viridis', opacity: 0.5 });
  const mixed = (index: number, cover: number) => viridis(index).map((v) => 100 + cover * (v - 100));
  const [first, second, third, fourth] = [0, 4, 8, 12].map((at) => [...image.data.subarray(at, at + 3)]);
  const near = (shown: number[] | undefined, wanted: number[]) => wanted.every((v, c) => Math.abs(v - (shown?.[c] ?? 0)) <= 1);
  assert.deepEqual(first, [100, 100, 100]);
  assert.ok(near(second, mixed(255, 0.5)), `${second}`);
  assert.deepEqual(third, second, 'beyond the end: the end');
  // A quarter of the largest value covers half as much.
  assert.ok(near(fourth, mixed(64, 0.25)), `${fourth}`);
});

test('signed values: zero leaves the picture, either sign covers it', () => {
  const image = pixels(100, 100, 100, 255, 100, 100, 100, 255, 100, 100, 100, 255);
  const scale = { kind: 'diverging', low: -1, high: 1, flat: false } as const;
  colourPlaced(image, new Float32Array([-1, 0, 1]), { scale, colorMap: 'coolwarm', opacity: 1 });
  assert.deepEqual([...image.data.subarray(4, 7)], [100, 100, 100]);
  assert.deepEqual([...image.data.subarray(0, 3)], [...colorTable('coolwarm').subarray(0, 3)]);
  assert.deepEqual([...image.data.subarray(8, 11)], [...colorTable('coolwarm').subarray(765, 768)]);
});
