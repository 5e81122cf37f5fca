import { html, nothing, type TemplateResult } from 'lit';
import { vars } from '../../ui/vars.ts';
import { pointsText, shareText } from '../views/summaryText.ts';
import type { SetModel } from './setModel.ts';

/** More are not read one by one. */
const most = 40;

/** Classes by how the share of right ones changed: the largest fall first. */
export function classesView({ byClass, to: { classes } }: SetModel): TemplateResult | typeof nothing {
  if (byClass.length === 0) return nothing;
  return html`<section data-testid="by-class">
    <h2 class="card-title">Right, by class: the largest fall first</h2>
    <table class="set-table">
      <tbody>
        ${byClass.slice(0, most).map(({ of, images, accuracy, change }) => {
          const before = accuracy - change;
          return html`<tr data-testid="class-change">
            <th scope="row">${classes[of]} <span class="small">${images}</span></th>
            <td class="bars" aria-hidden="true">${bar(before, 'first')}${bar(accuracy, 'second')}</td>
            <td>${shareText(before)}</td>
            <td>${shareText(accuracy)}</td>
            <td>${pointsText(change)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${byClass.length > most ? html`<p class="small">The first ${most} of ${byClass.length} classes.</p>` : nothing}
  </section>`;
}

function bar(share: number, side: 'first' | 'second'): TemplateResult {
  return html`<span class="bar ${side}"><span ${vars({ '--share': String(Math.max(0, share)) })}></span></span>`;
}
