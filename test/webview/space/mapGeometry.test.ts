/** Cameras and searches of the map: numbers only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, boundsOf, panned, transformOf, whole, zoomed } from '../../../webview/draw/camera.ts';
import { insideOf, nearestTo, nextTowards, placesOnMap } from '../../../webview/draw/nearest.ts';
import { faint } from '../../../webview/draw/pointState.ts';
import { noise } from '../units/made.ts';

const size = { width: 640, height: 400 };
const count = 500;
const positions = Float32Array.from({ length: 2 * count }, (_, i) => 100 * noise('place', i) - 20);
const states = Uint8Array.from({ length: count }, (_, row) => (row % 7 === 0 ? faint : 0));
const to = transformOf(whole, boundsOf(positions), size);
const onScreen = (row: number) => ({ x: positions[2 * row]! * to.scale + to.left, y: to.top - positions[2 * row + 1]! * to.scale });
const shown = Array.from({ length: count }, (_, row) => row).filter((row) => states[row] === 0);

test('the whole map fits, with room around it', () => {
  for (let row = 0; row < count; row++) {
    const { x, y } = onScreen(row);
    assert.ok(x > 20 && x < 620 && y > 20 && y < 380, `${x}, ${y}`);
  }
});

test('what is under the pointer stays there while one zooms, and goes along while one drags', () => {
  const bounds = boundsOf(positions);
  const at = { x: 300, y: 170 };
  const world = { x: (at.x - to.left) / to.scale, y: (to.top - at.y) / to.scale };
  const nearer = zoomed(whole, bounds, size, 3, at);
  const place = (camera: typeof whole) => {
    const t = transformOf(camera, bounds, size);
    return [world.x * t.scale + t.left, t.top - world.y * t.scale].map((v) => Number(v.toFixed(3)));
  };
  assert.deepEqual(place(nearer), [300, 170]);
  assert.deepEqual(place(panned(nearer, bounds, size, 12, -7)), [312, 163]);
});

test('bounds leave out what is nowhere; one point and none have room around them', () => {
  assert.deepEqual(boundsOf(Float32Array.of(1, 2, Number.NaN, 5, 3, 6)), { x: 2, y: 4, halfWidth: 1, halfHeight: 2 });
  assert.deepEqual(boundsOf(Float32Array.of(7, 7)), { x: 7, y: 7, halfWidth: 1, halfHeight: 1 });
  assert.deepEqual(boundsOf(new Float32Array()), { x: 0, y: 0, halfWidth: 1, halfHeight: 1 });
  // A speck, as a layout starts, is no single point.
  assert.ok(boundsOf(Float32Array.of(0, 0, 1e-4, 1e-4)).halfWidth < 1e-4);
});

test('half of the way from a speck to the whole is the geometric mean', () => {
  const half = between({ x: 0, y: 0, halfWidth: 1e-4, halfHeight: 1e-4 }, { x: 2, y: 2, halfWidth: 100, halfHeight: 100 }, 0.5);
  assert.ok(Math.abs(half.halfWidth - 0.1) < 1e-12);
  assert.equal(half.x, 1);
});

test('the nearest point as a loop over all finds it; what the legend leaves out is not found', () => {
  for (let i = 0; i < 200; i++) {
    const at = { x: size.width * noise('x', i), y: size.height * noise('y', i) };
    const far = (row: number) => Math.hypot(onScreen(row).x - at.x, onScreen(row).y - at.y);
    const best = shown.reduce((a, b) => (far(b) < far(a) ? b : a));
    assert.equal(nearestTo({ positions, states }, to, at, 12), far(best) <= 12 ? best : undefined);
  }
});

test('arrows reach every point', () => {
  const reached = new Set([shown[0]!]);
  const queue = [shown[0]!];
  for (let row = queue.pop(); row !== undefined; row = queue.pop())
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
      const next = nextTowards({ positions, states }, row, key);
      if (next === undefined || reached.has(next)) continue;
      reached.add(next);
      queue.push(next);
    }
  assert.ok(reached.size >= shown.length * 0.97, `${reached.size} of ${shown.length}`);
  assert.equal(nextTowards({ positions, states }, 1, 'Tab'), undefined);
});

test('a lasso with a hole: even–odd', () => {
  const square = (x: number, y: number, half: number) => [
    { x: x - half, y: y - half },
    { x: x + half, y: y - half },
    { x: x + half, y: y + half },
    { x: x - half, y: y + half },
  ];
  const outer = insideOf({ positions, states }, to, square(320, 200, 120));
  const wanted = shown.filter((row) => Math.abs(onScreen(row).x - 320) < 120 && Math.abs(onScreen(row).y - 200) < 120);
  assert.deepEqual(outer, wanted);
  // Drawn twice around, everything inside is outside again.
  assert.deepEqual(insideOf({ positions, states }, to, [...square(320, 200, 120), ...square(320, 200, 120)]), []);
});

test('the place of a neighbour on the map is how many lie nearer', () => {
  const far = (row: number) => Math.hypot(positions[2 * row]! - positions[6]!, positions[2 * row + 1]! - positions[7]!);
  const order = Array.from({ length: count }, (_, row) => row)
    .filter((row) => row !== 3)
    .sort((a, b) => far(a) - far(b));
  assert.deepEqual(placesOnMap(positions, 3, [order[0]!, order[9]!, order[400]!]), [0, 9, 400]);
});
