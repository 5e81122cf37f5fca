import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Visualisation, VisualiseRequest } from '../../../src/shared/unitsProtocol.ts';
import { keyOf, withinBounds, withProgress, withResult } from '../../../webview/units/visualise/climbs.ts';
import type { Climb } from '../../../webview/units/visualise/state.ts';

const pixels = (bytes: number) => ({ width: bytes / 3, height: 1, data: new Uint8Array(bytes) });

function climb(id: number, patch: Partial<Climb> = {}): Climb {
  const request: VisualiseRequest = { objective: { kind: 'class', class: id }, method: 'fourier' };
  const nothing = { step: 0, steps: 0, secondsLeft: undefined, trace: [], frames: [], result: undefined, error: undefined };
  return { id, modelHash: 'a', request, name: `class ${id}`, state: 'done', ...nothing, ...patch };
}

const frames = (count: number, bytes: number) => Array.from({ length: count }, (_, step) => ({ step, value: step, pixels: pixels(bytes) }));
const result = (bytes: number, steps: number) => ({ pixels: pixels(bytes), values: new Float32Array(steps) }) as Visualisation;

test('frames are thinned out evenly and never more than a slider can tell apart', () => {
  let one = climb(1, { state: 'running' });
  for (let step = 0; step < 1000; step++) one = withProgress(one, { step, steps: 1000, value: step, secondsLeft: 1, preview: pixels(3) });
  assert.equal(one.trace.length, 1000);
  assert.ok(one.frames.length > 48 && one.frames.length <= 96, `${one.frames.length} frames`);
  assert.equal(one.frames[0]!.step, 0);
  assert.equal(one.frames.at(-1)!.step, 999);
  const steps = one.frames.map(({ step }) => step);
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
  const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
  assert.ok(Math.max(...gaps) <= 32, `a gap of ${Math.max(...gaps)} steps`);
});

test('what came out takes the place of the last frame', () => {
  const one = climb(1, { frames: frames(5, 3) });
  assert.deepEqual(
    withResult(one, result(3, 4)).frames?.map(({ step }) => step),
    [0, 1, 2, 3],
  );
});

test('of many climbs the newest stay, and the one on the stage', () => {
  const many = Array.from({ length: 40 }, (_, id) => climb(id));
  const kept = withinBounds(many, 2).map(({ id }) => id);
  assert.equal(kept.length, 25);
  assert.deepEqual(kept.slice(0, 2), [2, 16]);
});

test('of large ones the older lose their frames first; one that was stopped keeps its last', () => {
  const large = (id: number, patch: Partial<Climb>) => climb(id, { frames: frames(10, 3 << 20), ...patch });
  const all = [large(1, { state: 'stopped' }), large(2, { result: result(300, 10) }), large(3, {}), large(4, {}), large(5, {})];
  const kept = withinBounds(all, 5);
  assert.deepEqual(
    kept.map(({ id, frames: own, result: out }) => [id, own.length, out !== undefined]),
    [
      [1, 1, false],
      [2, 0, true],
      [3, 10, false],
      [4, 10, false],
      [5, 10, false],
    ],
  );
});

test('requests are the same whatever the order of their parameters', () => {
  const objective = { kind: 'unit', layer: 'conv', unit: 1, cells: 'mean' } as const;
  const key = (params: VisualiseRequest['params'], cells: 'mean' | 'centre' = 'mean') =>
    keyOf({ objective: { ...objective, cells }, method: 'maco', ...(params && { params }) });
  assert.equal(key({ steps: 3, seed: 1 }), key({ seed: 1, steps: 3 }));
  assert.equal(key(undefined), key({}));
  assert.notEqual(key({ seed: 1 }), key({ seed: 2 }));
  assert.notEqual(key({}), key({}, 'centre'));
});
