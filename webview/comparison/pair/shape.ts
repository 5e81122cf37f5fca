import { areaMeans } from '../../../src/shared/areaMeans.ts';
import { drawnValues } from '../../../src/shared/colorScale.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { Measure } from '../choices.ts';

/** A map as it is compared: max(0, v) where it is drawn so; as shares of its positive evidence where that is asked for. */
export function measured(map: ExplanationMap, measure: Measure): ExplanationMap {
  const drawn = drawnValues(map.values, map.relu);
  if (measure === 'values') return drawn === map.values ? map : withValues(map, drawn);
  const sum = drawn.reduce((total, value) => total + Math.max(0, value || 0), 0);
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
          ...withValues(map, areaMeans(map.values, [map.height, map.width], [to.height, to.width])),
          ...{ height: to.height, width: to.width },
        };
  return [fitted(a, b), fitted(b, a)];
}
