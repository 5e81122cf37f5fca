import { type ColorMap, type ColorMapId, colorMaps, colorTable, fittingColorMap } from '../../src/shared/colorMaps.ts';
import type { ColorScale } from '../../src/shared/colorScale.ts';

type Kind = Pick<ColorScale, 'kind'>;

const tables = new Map<ColorMapId, Uint32Array>();

/** [256] colours, each as one opaque RGBA pixel of an ImageData. */
export function pixelTable(id: ColorMapId): Uint32Array {
  const known = tables.get(id);
  if (known) return known;
  const colors = colorTable(id);
  const bytes = new Uint8ClampedArray((colors.length / 3) * 4).fill(255);
  for (let i = 0; i < colors.length / 3; i++) bytes.set(colors.subarray(3 * i, 3 * i + 3), 4 * i);
  const table = new Uint32Array(bytes.buffer);
  tables.set(id, table);
  return table;
}

/** The colour maps that suit a scale. */
export function colorMapsFor(scale: Kind): readonly ColorMap[] {
  return colorMaps.filter((map) => map.kind === scale.kind);
}

/** The chosen map of the scale's kind, else the default of that kind. */
export function colorMapFor(scale: Kind, chosen: { colorMap?: string; divergingMap?: string }): ColorMapId {
  return fittingColorMap(scale.kind === 'diverging' ? chosen.divergingMap : chosen.colorMap, scale.kind);
}
