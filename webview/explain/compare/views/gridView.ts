import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { scaleBar } from '../../../page/scaleBar.ts';
import { button } from '../../../ui/button.ts';
import { vars } from '../../../ui/vars.ts';
import { currentLayer } from '../../selectors.ts';
import type { PageState } from '../../state.ts';
import type { Cell, Column, Row, Section } from '../cells.ts';
import { sharingOf } from '../choices.ts';
import type { CompareActions } from '../compareActions.ts';
import { toAllow } from '../content.ts';
import { costOf } from '../cost.ts';
import { type GridModel, gap, headWidth, type Layout, layoutOf } from '../gridModel.ts';
import { cellView } from './cellView.ts';
import { gridKeys } from './gridKeys.ts';
import { distinctScales } from './scaleLegend.ts';

/** Rows and columns of small maps. Every cell has its place before anything is computed. */
export function gridView(state: PageState, model: GridModel, compare: CompareActions): TemplateResult {
  const { sections, notes } = model.comparison;
  if (sections.length === 0)
    return html`<p class="small" data-testid="grid-empty">${notes[0] ?? 'No method is chosen that can stand here.'}</p>`;
  const { width } = state.compare;
  let like: number | undefined;
  const drawn = sections.map((section) => {
    const layout = layoutOf(state, section, width, like);
    like ??= layout.box.width;
    return sectionView(state, model, section, layout, compare);
  });
  const left = (event: FocusEvent) => {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) compare.probe(undefined);
  };
  const mounted = (element: Element | undefined) => element && queueMicrotask(() => compare.returned());
  return html`<div class="grids" data-testid="grid" @keydown=${(event: KeyboardEvent) => gridKeys(event, state, model, compare)} @focusout=${left} ${ref(mounted)}>
    ${width > 0 ? drawn : nothing} ${notes.map((note) => html`<p class="small" data-testid="grid-note">${note}</p>`)}
  </div>`;
}

function sectionView(state: PageState, model: GridModel, section: Section, layout: Layout, compare: CompareActions): TemplateResult {
  const { matrix, aside, columns, box } = layout;
  const place = {
    '--columns': String(columns),
    '--cell': `${box.width}px`,
    '--head': `${headWidth}px`,
    '--gap': `${gap}px`,
  };
  return html`<div
    class="grid ${matrix ? 'matrix' : 'flow'} ${aside ? 'aside' : ''}"
    role="grid"
    aria-label=${section.title ?? 'Maps'}
    data-testid=${section.layout === 'matrix' ? 'matrix' : 'strip'}
    ${vars(place)}
  >
    ${matrix ? columnHeads(section.columns, aside) : nothing}
    ${repeat(
      section.rows,
      (row) => row.id,
      (row) => rowView(state, model, section, row, layout, compare),
    )}
  </div>`;
}

function columnHeads(columns: readonly Column[], aside: boolean): TemplateResult {
  return html`<div role="row" class="grid-row">
    ${aside ? html`<span role="presentation"></span>` : nothing}
    ${columns.map(
      ({ title, about }) => html`<div role="columnheader" class="column-head" title="${title}&#10;${about}" data-testid="column">
        <span class="head-title">${title}</span><span class="small">${about}</span>
      </div>`,
    )}
  </div>`;
}

function rowView(state: PageState, model: GridModel, section: Section, row: Row, layout: Layout, compare: CompareActions): TemplateResult {
  const titled = section.layout === 'matrix' || section.title !== undefined;
  return html`<div role="row" class="grid-row" data-testid="row-${row.id}">
    ${titled ? rowHead(state, model, row, compare) : nothing}
    ${repeat(
      row.cells,
      (cell) => cell.key,
      (cell, at) =>
        cellView(
          state,
          model,
          cell,
          { box: layout.box, titled: !layout.matrix, current: isCurrent(state, model, cell), place: placeOf(model, at, row) },
          compare,
        ),
    )}
  </div>`;
}

/** In the strip through the depth: the layer that Explain shows. */
function isCurrent(state: PageState, { comparison }: GridModel, cell: Cell): boolean {
  return comparison.kind === 'depth' && cell.request?.layer === currentLayer(state);
}

function placeOf({ comparison }: GridModel, at: number, { cells }: Row): string {
  return comparison.kind === 'depth' ? `${at + 1}/${cells.length}` : '';
}

function rowHead(state: PageState, model: GridModel, row: Row, compare: CompareActions): TemplateResult {
  const idle = row.cells.filter(({ key }) => model.contents.get(key)?.state === 'idle');
  const scales = sharingOf(state.choices.compare ?? {}) === 'row' ? row.cells.flatMap(({ key }) => model.scales.get(key) ?? []) : [];
  const first = idle[0];
  return html`<div role="rowheader" class="row-head">
    <span class="row-title">${row.title}</span>${row.about === '' ? nothing : html`<span class="small">${row.about}</span>`}
    ${distinctScales(scales).map((scale) => html`<div class="row-scale" data-testid="row-scale" title=${scale.unit}>${scaleBar(scale)}</div>`)}
    ${
      first
        ? html`<span class="small" data-testid="row-cost">slow: ${costOf(state, first.ref.method, first.request?.layer)}</span>
            ${button({ testid: `run-${row.id}`, label: idle.length === 1 ? 'Run' : `Run all ${idle.length}`, onClick: () => compare.allow(idle.flatMap(toAllow)) })}`
        : nothing
    }
  </div>`;
}
