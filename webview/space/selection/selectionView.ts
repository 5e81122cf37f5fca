import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { keyed } from 'lit/directives/keyed.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { button, iconButton } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import { measured } from '../../ui/measured.ts';
import { segments } from '../../ui/segments.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { classesView } from './classesView.ts';
import { listEvents } from './listEvents.ts';
import { cornerOf, gap, type ListLayout, listLayout, placesInView } from './listLayout.ts';
import { factsOf, sentenceOf } from './rowText.ts';
import { selectedInOrder } from './selectors.ts';
import { sheetView } from './sheetView.ts';

let opener: Element | null = null;

/** Closed with the keyboard inside, the focus goes back to what opened the list. Stable: called when a list comes and goes. */
const mounted = (element: Element | undefined) => {
  if (element) opener = document.activeElement;
  else
    queueMicrotask(() => {
      const isLost = document.activeElement === document.body && !document.querySelector('.selection');
      if (isLost && opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    });
};

let followed: string | undefined;

/** The list is scrolled to the image in focus when that is another one: after the page is drawn. */
function followFocus({ choices }: SpaceState): void {
  if (choices.focus === followed) return;
  followed = choices.focus;
  queueMicrotask(() => document.querySelector('.selection-tile.focused')?.scrollIntoView({ block: 'nearest' }));
}

/** The images that something chose, and what can be done with them; nothing where nothing is selected. */
export function selectionView(state: SpaceState, flow: Flow): TemplateResult {
  const { value } = state.rows;
  const { rows, shown } = state.selection;
  const sheet = sheetView(state, flow);
  followFocus(state);
  if (!value || rows.length === 0) return html`${sheet}`;
  return html`${keyed(shown, panel(state, value, flow))} ${sheet}`;
}

function panel(state: SpaceState, rows: SpaceRows, flow: Flow): TemplateResult {
  const { title } = state.selection;
  const count = state.selection.rows.length;
  return html`<aside class="selection" aria-label="Selected pictures: ${title}" data-testid="selection" ${ref(mounted)}>
    <header class="selection-head">
      <h2 class="selection-title" data-testid="selection-title">${title} <span class="selection-count" data-testid="selection-count">${number(count)}</span></h2>
      ${iconButton({ testid: 'selection-close', label: 'Close the list', icon: 'close', onClick: () => flow.selection.close() })}
    </header>
    ${actions(state, flow)}
    ${
      count > 1
        ? segments({
            testid: 'selection-order',
            label: 'Order',
            value: state.choices.selection.order,
            options: [
              { id: 'given', label: 'As given' },
              { id: 'confidence', label: 'Confidence', about: 'The surest first' },
              { id: 'name', label: 'Name' },
            ],
            onChange: (order) => flow.selection.choose({ order }),
          })
        : nothing
    }
    ${list(state, rows, flow)}
  </aside>`;
}

/** What can be done with the pictures that are picked, or with all. */
function actions(state: SpaceState, { selection }: Flow): TemplateResult {
  const { picked, rows } = state.selection;
  const one = (picked.size || rows.length) === 1;
  const alone = one ? {} : { disabled: true };
  return html`<div class="selection-actions" role="group" aria-label="Actions">
    <p class="small selection-about" data-testid="selection-about">
      ${
        picked.size === 0
          ? html`${one ? 'This picture' : `All ${number(rows.length)} pictures`}:`
          : html`${number(picked.size)} of ${number(rows.length)} picked:
              <button class="link" data-testid="pick-none" @click=${() => selection.pickNone()}>unpick</button>`
      }
    </p>
    ${button({ testid: 'act-explain', label: one ? 'Explain' : 'Explain…', appearance: 'primary', onClick: () => selection.explain() })}
    ${button({ testid: 'act-sheet', label: 'Contact sheet', onClick: () => selection.openSheet() })}
    ${button({ testid: 'act-similar', label: 'Find similar', ...alone, onClick: () => selection.findSimilar() })}
    ${button({ testid: 'act-reveal', label: 'Reveal in explorer', ...alone, onClick: () => selection.reveal() })}
    ${button({ testid: 'act-copy', label: one ? 'Copy path' : 'Copy paths', onClick: () => void selection.copyPaths() })}
    ${button({ testid: 'act-move', label: 'Move to folder…', onClick: () => void selection.move() })}
  </div>`;
}

/** Thumbnails in lines: only those in view are there. */
function list(state: SpaceState, rows: SpaceRows, flow: Flow): TemplateResult {
  const { width, top, cursor, picked, title } = state.selection;
  const ordered = selectedInOrder(state);
  const layout = listLayout(width, ordered.length);
  const events = listEvents(ordered, layout, flow);
  const [first, end] = layout ? placesInView(layout, ordered.length, top, innerHeight) : [0, 0];
  const places = Array.from({ length: end - first }, (_, i) => first + i);
  // The keyboard's picture is always there, so that it can have the focus; in its order, for an element that is moved loses it.
  if (layout && cursor < first) places.unshift(cursor);
  else if (layout && cursor >= end && cursor < ordered.length) places.push(cursor);
  return html`<div class="selection-list" data-testid="selection-list" @scroll=${events.scroll}>
    <div
      class="selection-room"
      role="listbox"
      aria-multiselectable="true"
      aria-label=${title}
      ${vars({ height: `${layout?.height ?? 0}px` })}
      ${measured((now) => flow.selection.resized(now))}
      @click=${events.click}
      @dblclick=${events.open}
      @keydown=${events.key}
      @focusin=${events.focus}
    >
      ${
        layout
          ? repeat(
              places,
              (place) => ordered[place],
              (place) => tile(state, rows, ordered, place, layout, picked, flow),
            )
          : nothing
      }
    </div>
  </div>`;
}

function tile(
  state: SpaceState,
  rows: SpaceRows,
  ordered: readonly number[],
  place: number,
  layout: ListLayout,
  picked: ReadonlySet<number>,
  { thumbs }: Flow,
): TemplateResult {
  const row = ordered[place] ?? 0;
  const facts = factsOf(rows, row);
  const { x, y } = cornerOf(layout, place);
  const url = thumbs.get(facts.path)?.url;
  return html`<div
    class=${classMap({ 'selection-tile': true, picked: picked.has(row), focused: facts.path === state.choices.focus, wrong: facts.correct === false })}
    role="option"
    aria-selected=${picked.has(row)}
    aria-label=${sentenceOf(facts)}
    aria-setsize=${ordered.length}
    aria-posinset=${place + 1}
    tabindex=${place === state.selection.cursor ? 0 : -1}
    title=${facts.path}
    data-testid="selection-tile"
    data-place=${place}
    data-row=${row}
    ${vars({ transform: `translate(${x}px, ${y}px)`, width: `${layout.tile.width - gap}px`, height: `${layout.tile.height - gap}px` })}
  >
    <span class="selection-picture">${url === undefined ? html`<span class="thumb-none"></span>` : html`<img src=${url} alt="" draggable="false" />`}${
      facts.correct === false ? html`<span class="wrong-mark">${icon('close')}</span>` : nothing
    }</span>
    <span class="selection-classes">${classesView(facts)}</span>
    <span class="small selection-line"><span class="selection-name">${facts.name}</span><span>${facts.confidence ?? ''}</span></span>
  </div>`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
