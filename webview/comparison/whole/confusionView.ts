import { html, nothing, type TemplateResult } from 'lit';
import type { ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { vars } from '../../ui/vars.ts';
import { signedText } from '../views/summaryText.ts';
import type { PairChange, SetModel } from './setModel.ts';

/** More classes have no room as a matrix. */
const mostClasses = 12;
const mostPairs = 12;

/** How the counts of the confusion matrix changed: as a matrix where it is small, and the pairs that changed most. */
export function confusionView(model: SetModel, subject: ComparisonSubject | undefined): TemplateResult {
  const { pairs, to } = model;
  const wrong = pairs.filter(({ label, predicted }) => label !== predicted).slice(0, mostPairs);
  return html`<section data-testid="confusion-difference">
    <h2 class="card-title">Confusion: ${subject?.to.name} − ${subject?.from.name}</h2>
    ${pairs.length === 0 ? html`<p class="small">Nothing changed.</p>` : to.classes.length <= mostClasses ? matrix(model) : nothing}
    ${
      wrong.length > 0
        ? html`<ul class="set-pairs">${wrong.map((pair) => html`<li data-testid="pair-change">${pairText(pair, model)}</li>`)}</ul>`
        : nothing
    }
  </section>`;
}

function pairText({ label, predicted, from, to }: PairChange, { to: { classes } }: SetModel): TemplateResult {
  return html`<span>${classes[label]} taken for ${classes[predicted]}</span> <span class="small">${from} → ${to} (${signedText(to - from)})</span>`;
}

function matrix({ pairs, to }: SetModel): TemplateResult {
  const { classes } = to;
  const most = Math.max(...pairs.map((pair) => Math.abs(pair.to - pair.from)));
  const at = new Map(pairs.map((pair) => [`${pair.label} ${pair.predicted}`, pair]));
  return html`<div class="matrix-room"><table class="difference-matrix" data-testid="difference-matrix">
    <caption class="small">Rows: label. Columns: prediction.</caption>
    <thead><tr><td></td>${classes.slice(0, to.modelClasses).map((name) => html`<th scope="col"><span title=${name}>${name}</span></th>`)}</tr></thead>
    <tbody>
      ${classes.map(
        (name, label) => html`<tr>
          <th scope="row"><span title=${name}>${name}</span></th>
          ${classes.slice(0, to.modelClasses).map((_, predicted) => cell(at.get(`${label} ${predicted}`), label === predicted, most))}
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}

/** More on the diagonal is better, more elsewhere is worse. */
function cell(pair: PairChange | undefined, isRight: boolean, most: number): TemplateResult {
  if (!pair) return html`<td class=${isRight ? 'diagonal' : ''}></td>`;
  const change = pair.to - pair.from;
  const better = change > 0 === isRight;
  return html`<td
    class="${better ? 'better' : 'worse'} ${isRight ? 'diagonal' : ''}"
    title="${pair.from} → ${pair.to}"
    ${vars({ '--strength': String(Math.abs(change) / most) })}
  >${signedText(change)}</td>`;
}
