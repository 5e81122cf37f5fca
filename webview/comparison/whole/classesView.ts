import { html, nothing, type TemplateResult } from 'lit';
import { vars } from '../../ui/vars.ts';
import { pointsText, shareText } from '../views/summaryText.ts';
import type { SetModel } from './setModel.ts';

/** More are not read one by one. */
const most = 40;

/** Classes by how the share of right ones changed: the largest fall first. */
export function classesView({ byClass, classes }: SetModel): TemplateResult | typeof nothing {
  if (byClass.length === 0) return nothing;
  return html`<section data-testid="by-class">
    <h2 class="card-title">Right, by class: the largest fall first</h2>
    <table class="set-table">
      <tbody>
        ${byClass.slice(0, most).map(
          ({ class: index, images, from, to }) => html`<tr data-testid="class-change">
            <th scope="row">${classes[index]} <span class="small">${images}</span></th>
            <td class="bars" aria-hidden="true"><span class="bar first"><span ${vars({ '--share': String(from) })}></span></span><span class="bar second"><span ${vars({ '--share': String(to) })}></span></span></td>
            <td>${shareText(from)}</td>
            <td>${shareText(to)}</td>
            <td>${pointsText(to - from)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${byClass.length > most ? html`<p class="small">The first ${most} of ${byClass.length} classes.</p>` : nothing}
  </section>`;
}
