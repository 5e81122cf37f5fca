import { drawnValues } from '../../../src/shared/colorScale.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { Measure } from '../choices.ts';

/** [height,width] of the values of a larger map: means over what each cell covers. NaN where some of it is not known. */
export function reducedMap(
  values: Float32Array,
  [height, width]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const [top, bottom] = [(i * height) / rows, ((i + 1) * height) / rows];
    for (let j = 0; j < columns; j++) {
      const [left, right] = [(j * width) / columns, ((j + 1) * width) / columns];
      let sum = 0;
      for (let y = Math.floor(top); y < bottom; y++) {
        const tall = Math.min(y + 1, bottom) - Math.max(y, top);
        for (let x = Math.floor(left); x < right; x++)
          sum += (values[y * width + x] as number) * tall * (Math.min(x + 1, right) - Math.max(x, left));
      }
      out[i * columns + j] = sum / ((bottom - top) * (right - left));
    }
  }
  return out;
}

/** A map as it is compared: max(0, v) where it is drawn so; as shares of its positive evidence where that is asked for. */
export function measured(map: ExplanationMap, measure: Measure): ExplanationMap {
  const drawn = drawnValues(map.values, map.relu);
  if (measure === 'values') return drawn === map.values ? map : withValues(map, drawn);
  const sum = drawn.reduce((total, value) => total + (value > 0 ? value : 0), 0);
  const shares = sum > 0 ? drawn.map((value) => (100 * value) / sum) : drawn.map((value) => value * 0);
  return { ...withValues(map, shares), unit: '% of the positive evidence' };
}

function withValues(map: ExplanationMap, values: Float32Array): ExplanationMap {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { ...map, values, min, max };
}

/** Two maps on one grid: the finer one reduced to the cells of the other, where one was kept reduced. */
export function onOneGrid(a: ExplanationMap, b: ExplanationMap): readonly [ExplanationMap, ExplanationMap] {
  if (a.height === b.height && a.width === b.width) return [a, b];
  const fitted = (map: ExplanationMap, to: ExplanationMap): ExplanationMap =>
    map.height < to.height || map.width < to.width || (map.height === to.height && map.width === to.width)
      ? map
      : {
          ...withValues(map, reducedMap(map.values, [map.height, map.width], [to.height, to.width])),
          ...{ height: to.height, width: to.width },
        };
  return [fitted(a, b), fitted(b, a)];
}
