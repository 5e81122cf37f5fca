import type { FilterInfo, Filters, UnitLayer } from '../../../src/shared/unitsProtocol.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { type Bands, type BankLayout, bandsOf, bankLayout } from './bankLayout.ts';
import { factsOf } from './kernels.ts';

/** Of one answer. */
const chunkBytes = 1 << 20;
const mostPerChunk = 256;

/** More than this is not read as a whole to be sorted. */
const sortedBytes = 64 << 20;

/** A layer with kernels. */
export type BankLayer = UnitLayer & { filters: FilterInfo };

/** The layer on show, where it has kernels. */
export function bankLayer(state: UnitsState): BankLayer | undefined {
  const layer = currentLayer(state);
  return layer?.filters && { ...layer, filters: layer.filters };
}

export function bytesPerUnit({ inputs, kernel }: FilterInfo): number {
  return 4 * inputs * kernel[0] * kernel[1];
}

/** Units asked for at once. */
export function chunkOf(info: FilterInfo): number {
  return Math.min(mostPerChunk, Math.max(1, Math.floor(chunkBytes / bytesPerUnit(info))));
}

export function canSort({ filters, units }: BankLayer): boolean {
  return units * bytesPerUnit(filters) <= sortedBytes;
}

/** The answer that holds a unit's kernel, where it is here. */
export function partWith({ filters }: UnitsState, layer: BankLayer, unit: number): Filters | undefined {
  const chunk = chunkOf(layer.filters);
  return filters.parts.get(Math.floor(unit / chunk) * chunk);
}

/** Whether all is here. */
export function isWhole({ filters }: UnitsState, layer: BankLayer): boolean {
  return filters.parts.size === Math.ceil(layer.units / chunkOf(layer.filters));
}

let sorted: { parts: ReadonlyMap<number, Filters>; order: Uint32Array } | undefined;

/** The unit at each place. By number as long as not all norms are known. */
export function unitOrder(state: UnitsState, layer: BankLayer): Uint32Array {
  const { parts } = state.filters;
  const byNumber = () => Uint32Array.from({ length: layer.units }, (_, unit) => unit);
  if (state.choices.filters.order === 'number' || !canSort(layer) || !isWhole(state, layer)) return byNumber();
  if (sorted?.parts !== parts) {
    const norms = Float64Array.from({ length: layer.units }, (_, unit) => normOf(state, layer, unit));
    sorted = { parts, order: byNumber().sort((a, b) => (norms[b] ?? 0) - (norms[a] ?? 0)) };
  }
  return sorted.order;
}

function normOf(state: UnitsState, layer: BankLayer, unit: number): number {
  const part = partWith(state, layer, unit);
  return part ? factsOf(part, unit).norm : 0;
}

/** How the units lie in the room there is; undefined: the room is not known yet. */
export function currentLayout(state: UnitsState, layer: BankLayer): { layout: BankLayout; bands: Bands } | undefined {
  const { width } = state.filters;
  if (width === 0) return undefined;
  const layout = bankLayout(layer.filters, width);
  return { layout, bands: bandsOf(layout, layer.units) };
}
