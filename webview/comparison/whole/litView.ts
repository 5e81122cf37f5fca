import { html, nothing, type TemplateResult } from 'lit';
import { isCorrect } from '../../../src/shared/spaceProtocol.ts';
import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import type { Flow } from '../flow.ts';
import { mark, thumb } from '../probes/probeList.ts';
import { nameOf } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { probabilityText } from '../views/summaryText.ts';
import type { SetModel } from './setModel.ts';

/** The picture that is pointed at, wherever that is done. */
export function litView({ lit, subject }: ComparisonState, { from, to }: SetModel, flow: Flow): TemplateResult {
  const path = lit === undefined ? undefined : to.images[lit];
  if (lit === undefined || path === undefined || !subject) {
    return html`<p class="small set-lit" role="status" data-testid="lit">Point at a picture or a point; both maps show where it is. Arrow keys go from point to point.</p>`;
  }
  const label = to.labels[lit] as number;
  const says = (of: WholeSet) =>
    html`${mark(isCorrect(of, lit))}<strong>${of.classes[of.predicted[lit] as number] ?? '–'}</strong> ${probabilityText(of.confidence[lit] as number)}`;
  const open = (side: 'from' | 'to') =>
    subject[side].gone
      ? nothing
      : html`<button class="link" data-testid="lit-open-${side}" @click=${() => flow.openImage(subject[side].id, path)}>Explain with ${subject[side].name}</button>`;
  return html`<div class="set-lit" role="status" data-testid="lit">
    ${thumb(flow.thumbs.get(path))}
    <div class="set-lit-words">
      <p><span class="set-lit-name" title=${path}>${nameOf(path)}</span>${label < 0 ? nothing : html` <span class="small">label <strong>${to.classes[label]}</strong></span>`}</p>
      <p class="set-lit-says"><span>${subject.from.name}: ${says(from)}</span> <span>${subject.to.name}: ${says(to)}</span></p>
      <p class="small set-lit-open">${open('from')} ${open('to')}</p>
    </div>
  </div>`;
}
