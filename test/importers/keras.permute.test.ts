import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permute } from '../../src/importers/keras/permute.ts';

const orders = (axes: readonly number[]): number[][] =>
  axes.length < 2 ? [[...axes]] : axes.flatMap((axis, i) => orders(axes.filter((_, k) => k !== i)).map((rest) => [axis, ...rest]));

/** Element by element, by its index along every axis. */
function byIndex(data: Float32Array, shape: readonly number[], perm: readonly number[]): Float32Array {
  const stride = shape.map((_, i) => shape.slice(i + 1).reduce((n, d) => n * d, 1));
  const to = perm.map((p) => shape[p] as number);
  return data.map((_, place) => {
    let [rest, from] = [place, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += (rest % (to[axis] as number)) * (stride[perm[axis] as number] as number);
      rest = Math.floor(rest / (to[axis] as number));
    }
    return data[from] as number;
  });
}

test('every order of the axes, of sizes below, at and above a tile', () => {
  let compared = 0;
  for (const shape of [
    [],
    [5],
    [2, 3],
    [1, 3],
    [3, 1, 4],
    [2, 3, 4, 5],
    [1, 2, 1, 3],
    [17, 2, 33, 16],
    [3, 3, 1, 40],
    [0, 3, 2],
    [2, 3, 1, 4, 5],
  ]) {
    const data = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i);
    for (const perm of orders(shape.map((_, i) => i))) {
      const moved = permute(data, shape, perm);
      assert.deepEqual(
        moved.shape,
        perm.map((p) => shape[p]),
      );
      assert.deepEqual(moved.data, byIndex(data, shape, perm), `[${shape}] by [${perm}]`);
      compared += 1;
    }
  }
  assert.equal(compared, 234);
});
