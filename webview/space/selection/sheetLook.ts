import type { ColorMapId } from '../../../src/shared/colorMaps.ts';
import type { ExplanationMap, ModelInfo } from '../../../src/shared/protocol.ts';
import { colorMapFor } from '../../draw/palette.ts';
import { type Scale, scaleOf } from '../../draw/scale.ts';
import type { SpaceState } from '../state.ts';
import type { Sheet } from './sheetState.ts';

/** How a map of the sheet is drawn. */
export interface TileLook {
  scale: Scale;
  colorMap: ColorMapId;
  smooth: boolean;
  /** 0..1 */
  opacity: number;
}

/** Ends of the colours that all maps of a kind share. */
export type SharedEnds = ReadonlyMap<Scale['kind'], { low: number; high: number }>;

/** Undefined: every map has its own. Flat maps say nothing and have no say in it. */
export function sharedEnds({ space, choices }: SpaceState, sheet: Sheet): SharedEnds | undefined {
  if (choices.selection.sheet.scale === 'own') return undefined;
  const ends = new Map<Scale['kind'], { low: number; high: number }>();
  for (const tile of sheet.tiles.values()) {
    if (!('map' in tile) || tile.map.flat !== undefined) continue;
    const { kind, low, high } = ownScale(tile.map, space?.model);
    const known = ends.get(kind);
    ends.set(kind, { low: Math.min(low, known?.low ?? low), high: Math.max(high, known?.high ?? high) });
  }
  return ends;
}

export function tileLook({ choices, space }: SpaceState, map: ExplanationMap, ends: SharedEnds | undefined): TileLook {
  const own = ownScale(map, space?.model);
  const scale: Scale = { ...own, ...ends?.get(own.kind) };
  return { scale, colorMap: colorMapFor(scale, choices.selection.sheet), smooth: true, opacity: choices.selection.sheet.opacity };
}

const scales = new WeakMap<ExplanationMap, Scale>();

/** Values per pixel have long tails: their colours end at the 99th percentile, as where one picture is explained. */
function ownScale(map: ExplanationMap, model: ModelInfo | undefined): Scale {
  const known = scales.get(map);
  if (known) return known;
  const perPixel = map.width === model?.input.width && map.height === model.input.height;
  const scale = scaleOf(map, perPixel ? 'robust' : 'full');
  scales.set(map, scale);
  return scale;
}
