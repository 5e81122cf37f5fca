import type { Filters } from '../../../src/shared/unitsProtocol.ts';
import { focusPlace } from '../../ui/focusPlace.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { type Bands, type BankLayout, placeUnder } from './bankLayout.ts';
import { inputsBySize } from './kernels.ts';
import { type BankLayer, partWith } from './selectors.ts';
import type { Reading } from './state.ts';

type Laid = { layout: BankLayout; bands: Bands };
type Step = readonly [columns: number, rows: number];

const arrows: Readonly<Record<string, Step>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Pointer and keys on the units. They are told apart by their data attributes: one listener serves thousands. */
export function bankEvents(state: UnitsState, layer: BankLayer, { layout, bands }: Laid, flow: Flow) {
  const { filters } = flow;
  return {
    click: (event: Event) => {
      const unit = unitOf(event);
      if (unit !== undefined) flow.openUnit(unit);
    },
    focus: (event: Event) => {
      const place = placeOf(event);
      if (place !== undefined) filters.moveTo(place);
    },
    point: (event: PointerEvent) => filters.read(readingUnder(event, state, layer, layout)),
    leave: () => filters.read(undefined),
    key: (event: KeyboardEvent) => {
      const place = placeOf(event);
      const unit = unitOf(event);
      if (place === undefined || unit === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      const arrow = arrows[event.key];
      if (event.shiftKey && arrow) {
        filters.read(moved(state, layer, layout, unit, arrow));
        event.preventDefault();
        return;
      }
      const to = arrow ? place + arrow[0] + arrow[1] * layout.columns : jump(event.key, place, layer.units, bands.perBand);
      if (to === undefined) return;
      event.preventDefault();
      filters.moveTo(Math.min(layer.units - 1, Math.max(0, to)));
      filters.read(undefined);
      focusPlace(event.currentTarget as Element, Math.min(layer.units - 1, Math.max(0, to)));
    },
  };
}

function jump(key: string, place: number, units: number, perBand: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return units - 1;
  if (key === 'PageDown') return place + perBand;
  if (key === 'PageUp') return place - perBand;
  return undefined;
}

function buttonOf(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>('[data-unit]') : null;
}

function unitOf(event: Event): number | undefined {
  const unit = buttonOf(event)?.dataset.unit;
  return unit === undefined ? undefined : Number(unit);
}

function placeOf(event: Event): number | undefined {
  const place = buttonOf(event)?.dataset.place;
  return place === undefined ? undefined : Number(place);
}

function readingUnder(event: PointerEvent, state: UnitsState, layer: BankLayer, layout: BankLayout): Reading | undefined {
  const unit = unitOf(event);
  const box = buttonOf(event)?.querySelector('canvas')?.getBoundingClientRect();
  const part = unit === undefined ? undefined : partWith(state, layer, unit);
  const at = box && placeUnder(layout, event.clientX - box.left, event.clientY - box.top);
  if (unit === undefined || !part || !at) return undefined;
  return { unit, input: inputAt(layout, part, unit, at.place), row: at.row, column: at.column };
}

function inputAt({ kind, info }: BankLayout, part: Filters, unit: number, place: number): number | undefined {
  if (info.colour) return undefined;
  return kind === 'bars' ? inputsBySize(part, unit)[place] : place;
}

/** One weight on; from the last column of a kernel into the next one. */
function moved(state: UnitsState, layer: BankLayer, layout: BankLayout, unit: number, [dx, dy]: Step): Reading | undefined {
  const part = partWith(state, layer, unit);
  if (!part) return undefined;
  const { reading } = state.filters;
  const { kind, info, drawn, perLine } = layout;
  const [rows, columns] = info.kernel;
  if (reading?.unit !== unit) return { unit, input: inputAt(layout, part, unit, 0), row: 0, column: 0 };
  if (kind === 'bars') {
    const place = inputsBySize(part, unit).indexOf(reading.input ?? 0) + dx;
    return { ...reading, input: inputAt(layout, part, unit, within(place, drawn)) };
  }
  const place = reading.input ?? 0;
  const across = (place % perLine) * columns + reading.column + dx;
  const down = Math.floor(place / perLine) * rows + reading.row + dy;
  const next = Math.floor(down / rows) * perLine + Math.floor(across / columns);
  const isOutside = across < 0 || down < 0 || across >= perLine * columns || next >= drawn;
  if (isOutside) return reading;
  return { unit, input: inputAt(layout, part, unit, next), row: down % rows, column: across % columns };
}

function within(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, value));
}
