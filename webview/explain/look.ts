import type { ColorMapId } from '../../src/shared/colorMaps.ts';
import type { ExplanationMap } from '../../src/shared/protocol.ts';
import { colorMapFor } from '../draw/palette.ts';
import { type Range, type Scale, scaleOf } from '../draw/scale.ts';
import type { PageState } from './state.ts';

/** How a map is drawn: page state only, computes nothing in the engine. */
export interface Look {
  colorMap: ColorMapId;
  scale: Scale;
  smooth: boolean;
  /** 0..1 */
  opacity: number;
}

const scales = new WeakMap<ExplanationMap, Map<Range, Scale>>();

/** Gradients and relevance per pixel have long tails, a few pixels carry most of them: drawn robustly unless chosen otherwise. */
export function rangeOf({ methods, choices, prediction }: PageState, map: ExplanationMap): Range {
  const input = prediction?.model.input;
  const perPixel = map.width === input?.width && map.height === input.height;
  const asked = methods.find((m) => m.id === map.method)?.family === 'perturbation';
  return choices.range ?? (perPixel && !asked ? 'robust' : 'full');
}

export function lookOf(state: PageState, map: ExplanationMap): Look {
  const scale = cachedScale(map, rangeOf(state, map));
  return {
    scale,
    colorMap: colorMapFor(scale, state.choices),
    smooth: state.choices.smooth ?? true,
    opacity: state.choices.opacity ?? 0.55,
  };
}

function cachedScale(map: ExplanationMap, range: Range): Scale {
  const known = scales.get(map) ?? new Map<Range, Scale>();
  scales.set(map, known);
  const scale = known.get(range) ?? scaleOf(map, range);
  known.set(range, scale);
  return scale;
}
