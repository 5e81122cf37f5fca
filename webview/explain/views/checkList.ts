import { html, nothing, type TemplateResult } from 'lit';
import type { Check } from '../../../src/shared/protocol.ts';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { checkChart } from './checkChart.ts';

const verdicts = {
  holds: { icon: 'check', word: 'holds' },
  fails: { icon: 'warning', word: 'does not hold' },
  fact: { icon: 'info', word: '' },
} as const;

/** Numbers measured beside the map that say how far it can be trusted. */
export function checkList(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const { map, stale } = shown(state);
  if (!map || stale || map.checks.length === 0) return nothing;
  return html`<ul class="checks" aria-label="How far this map can be trusted" data-testid="checks">
    ${map.checks.map((check, index) => item(state, check, index, actions))}
  </ul>`;
}

function item(state: PageState, check: Check, index: number, actions: Actions): TemplateResult {
  const verdict = check.ok === undefined ? 'fact' : check.ok ? 'holds' : 'fails';
  const { icon: sign, word } = verdicts[verdict];
  return html`<li class="check ${verdict}" data-testid="check-${check.id}" data-ok=${String(check.ok)}>
    <span class="check-icon">${icon(sign)}</span>
    <div class="check-body">
      <p><strong>${check.label}</strong>${word === '' ? nothing : html` <span class="check-word">${word}</span>`} <span class="small">${check.text}</span></p>
      ${check.series && check.series.length > 1 ? checkChart(state, { ...check, series: check.series }, index, actions) : nothing}
    </div>
  </li>`;
}
