import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { live } from 'lit/directives/live.js';
import { nextIndex } from '../ui/focus.ts';
import { icon } from '../ui/icons.ts';

/** What is typed, and which match Enter takes. */
export interface Search {
  text: string;
  open: boolean;
  active: number;
}

export const noSearch: Search = { text: '', open: false, active: 0 };

export interface ClassSearchOptions {
  label: string;
  placeholder: string;
  disabled: boolean;
  search: Search;
  /** Classes that match, best first; asked for only while the list is open. */
  found: () => readonly number[];
  /** What a match is called, and what stands behind it. */
  describe: (index: number) => { label: string; note: string };
  onSearch: (search: Search) => void;
  onChoose: (index: number) => void;
}

/** More matches than this help nobody. */
const shownMatches = 50;

/** Any class by its name or number: a text field with a list of matches (ARIA combobox). */
export function classSearch(options: ClassSearchOptions): TemplateResult {
  const { label, placeholder, disabled, search, onSearch } = options;
  const isOpen = search.open && !disabled;
  const found = isOpen ? options.found() : [];
  const type = (event: Event) => onSearch({ text: (event.target as HTMLInputElement).value, open: true, active: 0 });
  return html`<div class="search">
    ${icon('search')}
    <input
      type="text"
      class="search-input"
      data-testid="class-search"
      role="combobox"
      aria-label=${label}
      aria-expanded=${search.open}
      aria-controls="class-matches"
      aria-autocomplete="list"
      aria-activedescendant=${search.open && found.length > 0 ? `match-${search.active}` : nothing}
      autocomplete="off"
      spellcheck="false"
      placeholder=${placeholder}
      ?disabled=${disabled}
      .value=${live(search.text)}
      @input=${type}
      @focus=${() => onSearch({ ...search, open: true })}
      @blur=${() => onSearch(noSearch)}
      @keydown=${(event: KeyboardEvent) => onKey(event, found, options)}
    />
    ${isOpen ? list(found, options) : nothing}
  </div>`;
}

/**
 * Classes whose name holds the text, those that are or start so first, then by words; among equals by `order`, then by number.
 * `nameOf` of [count] classes.
 */
export function matchingClasses(count: number, text: string, nameOf: (index: number) => string, order?: (a: number, b: number) => number) {
  const wanted = plain(text.trim());
  return Array.from({ length: count }, (_, index) => ({ index, rank: rank(plain(nameOf(index)), index, wanted) }))
    .filter((match) => match.rank < 5)
    .sort((a, b) => a.rank - b.rank || (order?.(a.index, b.index) ?? 0))
    .map((match) => match.index);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll('_', ' ');
}

function rank(name: string, index: number, wanted: string): number {
  if (wanted === '') return 0;
  if (name === wanted || String(index) === wanted) return 0;
  if (name.split(/[^\p{L}\p{N}]+/u).includes(wanted)) return 1;
  if (name.startsWith(wanted)) return 2;
  if (name.includes(` ${wanted}`)) return 3;
  return name.includes(wanted) ? 4 : 5;
}

function list(found: readonly number[], { search, describe, onChoose }: ClassSearchOptions): TemplateResult {
  const more = found.length - shownMatches;
  return html`<div class="menu matches" id="class-matches" tabindex="-1" role="listbox" aria-label="Classes" data-testid="class-matches">
    ${found.slice(0, shownMatches).map((index, i) => {
      // Pressing, not clicking: the field loses the focus, and the list goes, before a click ends.
      const press = (event: Event) => {
        event.preventDefault();
        onChoose(index);
      };
      const { label, note } = describe(index);
      return html`<div
        class=${classMap({ 'menu-item': true, match: true, active: i === search.active })}
        role="option"
        id="match-${i}"
        aria-selected=${i === search.active}
        data-testid="match"
        @pointerdown=${press}
      >
        <span class="class-label">${label}</span><span class="small">${note}</span>
      </div>`;
    })}
    ${found.length === 0 ? html`<p class="menu-note" role="status">No class is called so.</p>` : nothing}
    ${more > 0 ? html`<p class="menu-note">${more} more: type to narrow</p>` : nothing}
  </div>`;
}

function onKey(event: KeyboardEvent, found: readonly number[], { search, onSearch, onChoose }: ClassSearchOptions): void {
  const count = Math.min(found.length, shownMatches);
  const to = event.key === 'ArrowDown' || event.key === 'ArrowUp' ? nextIndex(event.key, search.active, count) : undefined;
  const input = event.target as HTMLInputElement;
  if (event.key === 'ArrowDown' && !search.open) {
    event.preventDefault();
    onSearch({ ...search, open: true });
  } else if (to !== undefined) {
    event.preventDefault();
    onSearch({ ...search, open: true, active: to });
    input.parentElement?.querySelector(`#match-${to}`)?.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Enter' && search.open) {
    const index = found[search.active];
    if (index !== undefined) onChoose(index);
  } else if (event.key === 'Escape' && search.open) {
    event.stopPropagation();
    onSearch(noSearch);
  }
}
