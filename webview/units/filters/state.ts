import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { Filters } from '../../../src/shared/unitsProtocol.ts';

/** A weight that is pointed at. `input` is undefined where the three colours of a cell are one. */
export interface Reading {
  unit: number;
  input: number | undefined;
  row: number;
  column: number;
}

export interface FiltersState {
  /** The layer that all of this is of. */
  layer: string | undefined;
  /** Kernels that are here, by the first unit of their range. */
  parts: ReadonlyMap<number, Filters>;
  /** Why the next range did not come. */
  error: ErrorRecord | undefined;
  /** Which bands of units are in view or nearly so. */
  inView: ReadonlySet<number>;
  /** Room for the units, CSS pixels; 0: not measured yet. */
  width: number;
  /** Place among the units, as they are sorted, that the keyboard is at. */
  cursor: number;
  reading: Reading | undefined;
}

export const noFilters: FiltersState = {
  layer: undefined,
  parts: new Map(),
  error: undefined,
  inView: new Set(),
  width: 0,
  cursor: 0,
  reading: undefined,
};
