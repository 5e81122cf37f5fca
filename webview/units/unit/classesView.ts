import { html, nothing, type TemplateResult } from 'lit';
import type { UnitClasses } from '../../../src/shared/unitsProtocol.ts';
import { number } from '../../draw/format.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';

/** Classes named on either side. */
const shown = 5;

type Entry = UnitClasses['classes'][number];

/** The classes that the unit speaks for most, and those it speaks against most. A class leads to its picture. */
export function classesView({ classes, about }: UnitClasses, state: UnitsState, flow: Flow): TemplateResult {
  const positive = classes.filter(({ value }) => value > 0).slice(0, shown);
  const negative = classes
    .filter(({ value }) => value < 0)
    .slice(-shown)
    .reverse();
  const largest = Math.max(...[...positive, ...negative].map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  const list = (entries: readonly Entry[], title: string, testid: string) =>
    entries.length === 0
      ? nothing
      : html`<h4 class="small">${title}</h4>
          <ul class="unit-classes" data-testid=${testid}>
            ${entries.map((entry) => html`<li>${row(entry, largest, state, flow)}</li>`)}
          </ul>`;
  return html`${list(positive, 'for', 'classes-for')} ${list(negative, 'against', 'classes-against')}
    ${positive.length + negative.length === 0 ? html`<p data-testid="classes-none">For none: no class changes with it.</p>` : nothing}
    <p class="small" data-testid="classes-about">${about}</p>`;
}

function row({ index, label, value }: Entry, largest: number, state: UnitsState, flow: Flow): TemplateResult {
  return html`<button
    class="unit-class ${value < 0 ? 'against' : 'for'}"
    data-testid="unit-class-${index}"
    title="Visualise ${label}"
    @click=${() => visualiseClass(index, state, flow)}
  >
    <span class="class-label">${label}</span><span class="class-value">${number(value)}</span>
    <span class="bar" aria-hidden="true"><span ${vars({ '--share': String(Math.abs(value) / largest) })}></span></span>
  </button>`;
}

function visualiseClass(index: number, { choices }: UnitsState, flow: Flow): void {
  flow.closeUnit();
  flow.choose({ view: 'visualise', visualise: { ...choices.visualise, of: 'class', class: index } });
}
