import { neighbour } from '../../../ui/neighbour.ts';
import type { PageState } from '../../state.ts';
import type { CompareActions } from '../compareActions.ts';
import type { GridModel } from '../gridModel.ts';
import { moved, peakOf } from '../read.ts';
import { activate } from './cellView.ts';

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Arrows lead from cell to cell, Shift and arrows move the probe, Enter and Space open. */
export function gridKeys(event: KeyboardEvent, state: PageState, model: GridModel, compare: CompareActions): void {
  const from = event.target as HTMLElement;
  if (from.role !== 'gridcell' && from.getAttribute('role') !== 'gridcell') return;
  const cell = model.comparison.cells.find(({ key }) => key === from.dataset.key);
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const content = model.contents.get(cell.key);
  const move = moves[event.key];
  if ((event.key === 'Enter' || event.key === ' ') && content) activate(cell, content, compare);
  else if (move && event.shiftKey && content?.map) {
    const at = state.compare.probe ?? peakOf(state, cell, content.map);
    if (at) compare.probe(moved(state, cell, content.map, at, ...move));
  } else if (move) neighbour(event.key, from, cellsOf(from))?.focus();
  else if (event.key === 'Home' || event.key === 'End') ends(from, event.key)?.focus();
  else return;
  event.preventDefault();
}

function cellsOf(from: HTMLElement): HTMLElement[] {
  return [...(from.closest('.grids')?.querySelectorAll<HTMLElement>('[role=gridcell]') ?? [])];
}

function ends(from: HTMLElement, key: string): HTMLElement | undefined {
  const row = [...(from.parentElement?.querySelectorAll<HTMLElement>('[role=gridcell]') ?? [])];
  return key === 'Home' ? row[0] : row.at(-1);
}
