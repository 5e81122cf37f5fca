import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Prediction, RankedClass } from '../../../src/shared/protocol.ts';
import { number, percent, score } from '../../draw/format.ts';
import { moveFocus } from '../../ui/focus.ts';
import { vars } from '../../ui/vars.ts';
import type { Actions } from '../actions.ts';
import { classOf, currentClass } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { currentAgainst } from '../targets.ts';

const shownBest = 5;

/** The best classes, then the true one and those explained where they are not among them. Choosing one explains it, or subtracts it. */
export function classList(state: PageState, prediction: Prediction, actions: Actions): TemplateResult {
  const chosen = currentClass(state);
  const against = currentAgainst(state, chosen);
  const onKey = (event: KeyboardEvent) => {
    const rows = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=option]')];
    if (moveFocus(event, rows)) event.preventDefault();
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    (event.target as HTMLElement).click();
  };
  return html`<div class="class-list" role="listbox" aria-label=${state.slot === 'class' ? 'Class to explain' : 'Class to subtract'} data-testid="classes" @keydown=${onKey}>
    ${repeat(
      rows(prediction, [chosen, against]),
      (row) => row.index,
      (row) => classRow(row, prediction, { selected: row.index === chosen, against: row.index === against }, actions),
    )}
  </div>`;
}

function rows(prediction: Prediction, explained: readonly (number | undefined)[]): RankedClass[] {
  const list = prediction.top.slice(0, shownBest);
  for (const index of [prediction.truth?.index, ...explained]) {
    if (index !== undefined && !list.some((row) => row.index === index)) list.push(classOf(prediction, index));
  }
  return list;
}

function classRow(
  row: RankedClass,
  prediction: Prediction,
  { selected, against }: { selected: boolean; against: boolean },
  actions: Actions,
): TemplateResult {
  const predicted = prediction.top[0]?.index === row.index;
  const truth = prediction.truth?.index === row.index;
  return html`<div
    class=${classMap({ 'class-row': true, selected, against })}
    role="option"
    aria-selected=${selected}
    tabindex=${selected ? 0 : -1}
    data-testid="class-${row.index}"
    title=${numbersOf(row)}
    @click=${() => actions.chooseClass(row.index)}
  >
    <span class="class-label">${row.label}</span>
    ${against ? html`<span class="tag">against</span>` : nothing}
    ${predicted && prediction.truth ? html`<span class="tag">predicted</span>` : nothing}
    ${truth ? html`<span class="tag true">true</span>` : nothing}
    <span class="class-percent">${score(row)}</span>
    ${row.probability === undefined ? nothing : bar(row.probability)}
  </div>`;
}

function bar(share: number): TemplateResult {
  return html`<span class="bar" aria-hidden="true"><span ${vars({ '--share': String(share) })}></span></span>`;
}

function numbersOf({ label, index, logit, probability }: RankedClass): string {
  if (probability === undefined)
    return `${label} (output ${index})\n${number(logit)}, no probability: the outputs have neither softmax nor names`;
  return `${label} (class ${index})\nlogit ${number(logit)}, probability ${percent(probability)}`;
}

export function classListSkeleton(): TemplateResult {
  return html`<div class="class-list" data-testid="classes-skeleton">
    ${Array.from({ length: shownBest }, () => html`<div class="class-row"><span class="skeleton line"></span></div>`)}
  </div>`;
}
