import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import { type ClassChange, classChanges } from '../../confusion/classChanges.ts';
import { number, shareText } from '../../confusion/text.ts';
import { button } from '../../ui/button.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import type { Sight } from './selectors.ts';
import { pointsText } from './text.ts';

/** Rows at first. */
const first = 8;

/** How well each class is recognised, the largest fall first; a class that is pressed is drawn over the run. */
export function classTable(state: PageState, flow: Flow, { now, before }: Sight): TemplateResult | typeof nothing {
  const changes = classChanges(before?.whole, now.whole);
  if (changes.length === 0) return nothing;
  const shown = changes.slice(0, first + (state.whole.more.classes ?? 0));
  const drawn = state.whole.classes;
  const all = () => flow.whole.more('classes', changes.length);
  return html`${guard(
    [changes, shown.length, drawn, before?.checkpoint.name],
    () => html`<table class="class-table" data-testid="class-table">
      <caption class="small">
        Classes${before ? `, the largest falls since ${before.checkpoint.name} first` : ', the worst first'}; one that is pressed is drawn above
      </caption>
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col" class="figure" title="Share of its pictures that are recognised">accuracy</th>
          <th scope="col" class="figure" title="Percentage points since the evaluated checkpoint before">change</th>
          <th scope="col" class="figure">pictures</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((each) => classRow(now.whole.classes[each.of] ?? '', each, drawn.includes(each.of), flow))}
      </tbody>
    </table>`,
  )}
  ${shown.length < changes.length ? button({ testid: 'more-classes', label: `All ${number(changes.length)} classes`, onClick: all }) : nothing}`;
}

function classRow(name: string, { of, images, accuracy, change }: ClassChange, isDrawn: boolean, flow: Flow): TemplateResult {
  return html`<tr>
    <th scope="row">
      <button class=${classMap({ 'class-toggle': true, drawn: isDrawn })} aria-pressed=${isDrawn} title=${`${name}: draw its accuracy over the run`} data-testid="class-toggle" @click=${() => flow.whole.toggleClass(of)}>${name}</button>
    </th>
    <td class="figure"><span class="share-bar" aria-hidden="true" ${vars({ '--share': accuracy.toFixed(3) })}></span>${shareText(accuracy)}</td>
    <td class=${classMap({ figure: true, worse: change < 0, better: change > 0 })}>${change < 0 ? '▼ ' : change > 0 ? '▲ ' : ''}${pointsText(change) || '–'}</td>
    <td class="figure">${number(images)}</td>
  </tr>`;
}
