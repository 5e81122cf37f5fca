import { tables } from './colorMapTables.ts';

/** Colours for maps, used by the page and by the command line. */
export type ColorMapId = 'viridis' | 'magma' | 'inferno' | 'cividis' | 'gray' | 'coolwarm';

export interface ColorMap {
  id: ColorMapId;
  label: string;
  /** `diverging`: its middle is neutral and stands for 0. */
  kind: 'sequential' | 'diverging';
}

export const colorMaps: readonly ColorMap[] = [
  { id: 'viridis', label: 'Viridis', kind: 'sequential' },
  { id: 'magma', label: 'Magma', kind: 'sequential' },
  { id: 'inferno', label: 'Inferno', kind: 'sequential' },
  { id: 'cividis', label: 'Cividis (colour-blind safe)', kind: 'sequential' },
  { id: 'gray', label: 'Grey', kind: 'sequential' },
  { id: 'coolwarm', label: 'Blue – grey – red', kind: 'diverging' },
];

const defaultColorMap: Record<ColorMap['kind'], ColorMapId> = { sequential: 'viridis', diverging: 'coolwarm' };

/** The given map if there is one of that name and it is of the kind that is needed, else the default of that kind. */
export function fittingColorMap(id: string | undefined, kind: ColorMap['kind']): ColorMapId {
  const found = colorMaps.find((map) => map.id === id);
  return found?.kind === kind ? found.id : defaultColorMap[kind];
}

const decoded = new Map<ColorMapId, Uint8Array>();

/** 256 colours, [256·3] sRGB bytes. Do not write to it. */
export function colorTable(id: ColorMapId): Uint8Array {
  const known = decoded.get(id);
  if (known) return known;
  const table = id === 'gray' ? grayTable() : fromHex(tables[id]);
  decoded.set(id, table);
  return table;
}

/** Index into a color table for t in 0..1 (clamped), 256 equal steps, like matplotlib. */
export function colorIndex(t: number): number {
  return Math.max(0, Math.min(255, Math.floor(t * 256)));
}

/** Colour at t in 0..1 (clamped) as sRGB bytes. */
export function sampleColorMap(id: ColorMapId, t: number): [number, number, number] {
  const table = colorTable(id);
  const i = 3 * colorIndex(t);
  return [table[i]!, table[i + 1]!, table[i + 2]!];
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: 256 * 3 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function grayTable(): Uint8Array {
  return Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
}
