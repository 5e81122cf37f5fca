import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { confusedPairs, confusionOf, type Pair } from '../../confusion/confusion.ts';
import { counted, number, pairTitle, partOf, shareText } from '../../confusion/text.ts';
import { percent } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { classesView, pairView } from '../selection/classesView.ts';
import { factsOf } from '../selection/rowText.ts';
import type { SpaceState } from '../state.ts';
import type { MistakeList } from './choices.ts';
import { neighbours } from './mistakes.ts';
import { rowsOfPair } from './rankings.ts';
import { currentList, knownOf, listsOf, rankedRows } from './selectors.ts';

/** So many of a list stand on the page; all of it opens beside it. */
const listed = 40;
/** Pictures of a pair of classes. */
const samples = 5;

const about: Readonly<Record<MistakeList, { label: string; title: string; text: string }>> = {
  confident: {
    label: 'Most confident',
    title: 'Most confident mistakes',
    text: 'Seen as another class than their label, the surest first: the model’s blind spots, or wrong labels.',
  },
  unsure: {
    label: 'Least sure',
    title: 'Least sure',
    text: 'The best class is hardly ahead of the next one, the closest call first.',
  },
  labels: {
    label: 'Label may be wrong',
    title: 'Label may be wrong',
    text: `Most of the ${neighbours} pictures nearest in the features have another label. What the model predicts is not asked, only its features.`,
  },
  pairs: { label: 'Pairs', title: 'Confused pairs', text: 'Which class is taken for which, the most frequent first.' },
};

/** Mistakes one by one: which kind, in an order that shows the telling ones first. */
export function listsView(state: SpaceState, rows: SpaceRows, flow: Flow): TemplateResult | typeof nothing {
  const list = currentList(rows, state);
  if (!list) return nothing;
  const options = listsOf(knownOf(rows)).map((id) => ({ id, label: about[id].label, about: about[id].text }));
  return html`<section class="mistake-lists" aria-label="Lists" data-testid="mistake-lists" data-list=${list}>
    ${options.length > 1 ? segments({ testid: 'list', label: 'List', value: list, options, onChange: (id) => flow.mistakes.choose({ list: id }) }) : html`<h2 class="list-title">${about[list].title}</h2>`}
    <p class="small" data-testid="list-about">${about[list].text}</p>
    ${list === 'labels' ? agreementView(state, rows, flow) : nothing}
    ${list === 'pairs' ? pairsView(rows, flow) : rankedView(state, rows, list, flow)}
  </section>`;
}

/** How well neighbours agree with labels at all: what a doubt is worth. */
function agreementView({ mistakes }: SpaceState, rows: SpaceRows, flow: Flow): TemplateResult | typeof nothing {
  const { value, loading, error } = mistakes.agreement;
  if (error) return errorView(error, { retry: () => flow.mistakes.retry(), showLog: () => flow.showLog() });
  if (loading)
    return html`<div class="agreement-progress" data-testid="agreement-progress">
      <span class="progress-bar" role="progressbar" aria-label="Neighbours looked up" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(100 * mistakes.done)}
        ><span ${vars({ '--done': String(mistakes.done) })}></span></span>
      <span class="small">looking at everyone’s neighbours</span>
    </div>`;
  if (!value || value.revision !== rows.revision || Number.isNaN(value.purity)) return nothing;
  const pixels = Number.isNaN(value.pixelPurity) ? '' : `; in pixel space ${shareText(value.pixelPurity)}`;
  return html`<p data-testid="purity">${shareText(value.purity)} of the ${value.k} nearest neighbours have the same label${pixels}.</p>`;
}

function rankedView(state: SpaceState, rows: SpaceRows, list: MistakeList, flow: Flow): TemplateResult | typeof nothing {
  const ranked = rankedRows(rows, list, state);
  if (!ranked) return nothing;
  if (ranked.length === 0) return html`<p data-testid="list-empty">${empty[list]}</p>`;
  const { title } = about[list];
  const open = () => flow.mistakes.open(ranked, title);
  const click = (event: Event) => {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-path]') : null;
    if (item?.dataset.path === undefined) return;
    open();
    flow.focus(item.dataset.path);
  };
  const label = ranked.length === 1 ? 'Open as list' : `Open all ${number(ranked.length)} as list`;
  return html`${button({ testid: 'list-open', label, onClick: open })}
    <ol class="mistake-list" aria-label=${title} data-testid="mistake-list" @click=${click}>
      ${repeat(
        ranked.slice(0, listed),
        (row) => row,
        (row) => html`<li>${item(state, rows, list, row, flow)}</li>`,
      )}
    </ol>
    ${ranked.length > listed ? html`<p class="small" data-testid="list-more">The first ${listed} of ${number(ranked.length)}.</p>` : nothing}`;
}

const empty: Readonly<Record<MistakeList, string>> = {
  confident: 'There are no mistakes.',
  unsure: 'There are no predictions.',
  labels: 'No label is doubted: the neighbours of every picture mostly have its label.',
  pairs: 'No class is taken for another.',
};

function item(state: SpaceState, rows: SpaceRows, list: MistakeList, row: number, { thumbs }: Flow): TemplateResult {
  const facts = factsOf(rows, row);
  const suggested = list === 'labels' ? rows.classes[state.mistakes.agreement.value?.majority[row] ?? -1] : undefined;
  return html`<button
    class=${classMap({ 'mistake-item': true, focused: facts.path === state.choices.focus })}
    title=${facts.path}
    data-testid="mistake-item"
    data-row=${row}
    data-path=${facts.path}
  >
    ${thumb(thumbs.get(facts.path)?.url)}
    <span class="mistake-words">
      <span class="mistake-classes">${suggested === undefined ? classesView(facts) : html`<span class="classes" data-testid="suggested"><span>${facts.label}</span> <span class="suggested">→ ${suggested}?</span></span>`}</span>
      <span class="small mistake-reason">${reason(state, rows, list, row)}</span>
      <span class="small mistake-name">${facts.name}</span>
    </span>
  </button>`;
}

function thumb(url: string | undefined): TemplateResult {
  return url === undefined
    ? html`<span class="mistake-thumb thumb-none"></span>`
    : html`<img class="mistake-thumb" src=${url} alt="" draggable="false" />`;
}

/** Why the image stands in the list. */
function reason(state: SpaceState, rows: SpaceRows, list: MistakeList, row: number): string {
  const { predicted, confidence, label } = factsOf(rows, row);
  const given = rows.trueProbability[row] ?? Number.NaN;
  if (list === 'confident') return `${predicted} ${confidence}${Number.isNaN(given) ? '' : `, ${label} ${percent(given)}`}`;
  if (list === 'unsure') return `${predicted} ${confidence}, the next class ${points(rows.margin[row] ?? 0)} behind`;
  const share = state.mistakes.agreement.value?.share[row] ?? 0;
  const says = predicted === undefined ? '' : `; predicted ${predicted} ${confidence}`;
  return `${share === 0 ? 'none' : shareText(share)} of its neighbours ${share === 0 ? 'has' : 'have'} its label${says}`;
}

/** Of percentages. */
function points(margin: number): string {
  const value = 100 * margin;
  return value < 0.1 ? 'less than 0.1 points' : `${value.toFixed(1)} points`;
}

function pairsView(rows: SpaceRows, flow: Flow): TemplateResult {
  const confusion = confusionOf(rows);
  const pairs = confusedPairs(confusion);
  if (pairs.length === 0) return html`<p data-testid="list-empty">${empty.pairs}</p>`;
  return html`<ol class="mistake-list" aria-label="Confused pairs" data-testid="pair-list">
      ${pairs.slice(0, listed).map((pair) => html`<li>${pairItem(rows, pair, confusion.labelled[pair.label] ?? 0, flow)}</li>`)}
    </ol>
    ${pairs.length > listed ? html`<p class="small" data-testid="list-more">The first ${listed} of ${counted(pairs.length, 'pair', 'pairs')}.</p>` : nothing}`;
}

function pairItem(rows: SpaceRows, { label, predicted, count }: Pair, all: number, { thumbs, mistakes }: Flow): TemplateResult {
  const title = pairTitle(rows, label, predicted);
  const first = firstOfPair(rows, label, predicted);
  return html`<button
    class="mistake-item pair-item"
    data-testid="pair-item"
    data-pair="${label}-${predicted}"
    aria-label="${title}: ${partOf(count, all)}"
    @click=${() => mistakes.open(rowsOfPair(rows, { label, predicted }), title)}
  >
    <span class="mistake-words">
      <span class="mistake-classes">${pairView(rows.classes[label], rows.classes[predicted])}</span>
      <span class="small">${partOf(count, all)}</span>
    </span>
    <span class="pair-thumbs">${first.map((row) => thumb(thumbs.get(rows.paths[row] ?? '')?.url))}</span>
  </button>`;
}

const firsts = new WeakMap<SpaceRows, Map<number, readonly number[]>>();

/** The first few images of each pair, found in one pass. */
function firstOfPair(rows: SpaceRows, label: number, predicted: number): readonly number[] {
  const key = (is: number, said: number) => is * rows.classes.length + said;
  let known = firsts.get(rows);
  if (!known) {
    const found = new Map<number, number[]>();
    for (let row = 0; row < rows.count; row++) {
      const [is, said] = [rows.labels[row] as number, rows.predicted[row] as number];
      if (is < 0 || said < 0 || is === said) continue;
      const of = found.get(key(is, said)) ?? [];
      found.set(key(is, said), of);
      if (of.length < samples) of.push(row);
    }
    known = found;
    firsts.set(rows, known);
  }
  return known.get(key(label, predicted)) ?? [];
}
