import assert from 'node:assert/strict';

/** Asserts |actual − expected| ≤ tolerance · max(1, largest |expected|) everywhere, and names the worst place. */
export function closeTo(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: number of elements`);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i] as number));
  let worst = -1;
  let error = tolerance * scale;
  for (let i = 0; i < expected.length; i++) {
    const e = Math.abs((actual[i] as number) - (expected[i] as number));
    // A NaN compares as false: it must not pass.
    if (!(e <= error)) {
      worst = i;
      error = Number.isNaN(e) ? Number.POSITIVE_INFINITY : e;
    }
  }
  if (worst >= 0)
    assert.fail(`${what}: element ${worst} is ${actual[worst]}, expected ${expected[worst]} (tolerance ${tolerance * scale})`);
}
