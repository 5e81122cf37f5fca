import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { live } from 'lit/directives/live.js';
import { scoresClasses } from '../../../src/shared/classScores.ts';
import type { Prediction } from '../../../src/shared/protocol.ts';
import { score } from '../../draw/format.ts';
import { nextIndex } from '../../ui/focus.ts';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import { classOf, labelOf } from '../selectors.ts';
import { noSearch, type PageState } from '../state.ts';

/** More matches than this help nobody. */
const shownMatches = 50;

/** Any class by its name or number: a text field with a list of matches (ARIA combobox). */
export function classSearch(state: PageState, actions: Actions): TemplateResult {
  const { prediction, search } = state;
  const found = prediction && search.open ? matches(prediction, search.text) : [];
  const type = (event: Event) => actions.search({ text: (event.target as HTMLInputElement).value, open: true, active: 0 });
  return html`<div class="search">
    ${icon('search')}
    <input
      type="text"
      class="search-input"
      data-testid="class-search"
      role="combobox"
      aria-label=${state.slot === 'class' ? 'Explain another class' : 'Subtract another class'}
      aria-expanded=${search.open}
      aria-controls="class-matches"
      aria-autocomplete="list"
      aria-activedescendant=${search.open && found.length > 0 ? `match-${search.active}` : nothing}
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder(state)}
      ?disabled=${!prediction}
      .value=${live(search.text)}
      @input=${type}
      @focus=${() => actions.search({ ...search, open: true })}
      @blur=${() => actions.search(noSearch)}
      @keydown=${(event: KeyboardEvent) => onKey(event, state, found, actions)}
    />
    ${prediction && search.open ? list(prediction, found, search.active, actions) : nothing}
  </div>`;
}

function placeholder({ prediction, slot }: PageState): string {
  const verb = slot === 'class' ? 'Explain' : 'Subtract';
  if (!prediction) return `${verb} another class`;
  return `${verb} another of ${prediction.model.classes} ${scoresClasses(prediction.model) ? 'classes' : 'outputs'}`;
}

/** Classes that hold the text, those that are or start so first, then by words; among equals the most likely first. */
function matches(prediction: Prediction, text: string): number[] {
  const wanted = plain(text.trim());
  const all = Array.from({ length: prediction.model.classes }, (_, index) => ({ index, rank: rank(prediction, index, wanted) }));
  const logit = (index: number) => prediction.logits[index] ?? 0;
  return all
    .filter((match) => match.rank < 5)
    .sort((a, b) => a.rank - b.rank || logit(b.index) - logit(a.index))
    .map((match) => match.index);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('_', ' ');
}

function rank(prediction: Prediction, index: number, wanted: string): number {
  if (wanted === '') return 0;
  const label = plain(labelOf(prediction, index));
  if (label === wanted || String(index) === wanted) return 0;
  if (label.split(/[^\p{L}\p{N}]+/u).includes(wanted)) return 1;
  if (label.startsWith(wanted)) return 2;
  if (label.includes(` ${wanted}`)) return 3;
  return label.includes(wanted) ? 4 : 5;
}

function list(prediction: Prediction, found: readonly number[], active: number, actions: Actions): TemplateResult {
  const more = found.length - shownMatches;
  return html`<div class="menu matches" id="class-matches" tabindex="-1" role="listbox" aria-label="Classes" data-testid="class-matches">
    ${found.slice(0, shownMatches).map((index, i) => {
      // Pressing, not clicking: the field loses the focus, and the list goes, before a click ends.
      const press = (event: Event) => {
        event.preventDefault();
        actions.chooseClass(index);
      };
      const row = classOf(prediction, index);
      return html`<div
        class=${classMap({ 'menu-item': true, match: true, active: i === active })}
        role="option"
        id="match-${i}"
        aria-selected=${i === active}
        data-testid="match"
        @pointerdown=${press}
      >
        <span class="class-label">${row.label}</span><span class="small">${score(row)}</span>
      </div>`;
    })}
    ${found.length === 0 ? html`<p class="menu-note" role="status">No class is called so.</p>` : nothing}
    ${more > 0 ? html`<p class="menu-note">${more} more: type to narrow</p>` : nothing}
  </div>`;
}

function onKey(event: KeyboardEvent, { search }: PageState, found: readonly number[], actions: Actions): void {
  const count = Math.min(found.length, shownMatches);
  const to = event.key === 'ArrowDown' || event.key === 'ArrowUp' ? nextIndex(event.key, search.active, count) : undefined;
  const input = event.target as HTMLInputElement;
  if (event.key === 'ArrowDown' && !search.open) {
    event.preventDefault();
    actions.search({ ...search, open: true });
  } else if (to !== undefined) {
    event.preventDefault();
    actions.search({ ...search, open: true, active: to });
    input.parentElement?.querySelector(`#match-${to}`)?.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Enter' && search.open) {
    const index = found[search.active];
    if (index !== undefined) actions.chooseClass(index);
  } else if (event.key === 'Escape' && search.open) {
    event.stopPropagation();
    actions.search(noSearch);
  }
}
