import { html, nothing, type TemplateResult } from 'lit';
import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import type { Flow } from '../flow.ts';
import { mark, thumb } from '../probes/probeList.ts';
import { nameOf } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { shareText } from '../views/summaryText.ts';
import type { SetModel } from './setModel.ts';

/** The picture that is pointed at, wherever that is done. */
export function litView({ lit, subject }: ComparisonState, { rows, from, to, classes }: SetModel, flow: Flow): TemplateResult {
  const row = rows.find((each) => each.row === lit);
  if (!row || !subject) {
    return html`<p class="small set-lit" role="status" data-testid="lit">Point at a picture or a point; both maps show where it is. Arrow keys go from point to point.</p>`;
  }
  const label = to.labels[row.row] as number;
  const says = (of: WholeSet, at: number) =>
    html`${mark(label < 0 ? undefined : of.predicted[at] === label)}<strong>${of.classes[of.predicted[at] as number] ?? '–'}</strong> ${shareText(of.confidence[at] as number)}`;
  const open = (side: 'from' | 'to') =>
    subject[side].gone
      ? nothing
      : html`<button class="link" data-testid="lit-open-${side}" @click=${() => flow.openImage(subject[side].id, row.path)}>Explain with ${subject[side].name}</button>`;
  return html`<div class="set-lit" role="status" data-testid="lit">
    ${thumb(flow.thumbs.get(row.path))}
    <div class="set-lit-words">
      <p><span class="set-lit-name" title=${row.path}>${nameOf(row.path)}</span>${label < 0 ? nothing : html` <span class="small">label <strong>${classes[label]}</strong></span>`}</p>
      <p class="set-lit-says"><span>${subject.from.name}: ${says(from, row.before)}</span> <span>${subject.to.name}: ${says(to, row.row)}</span></p>
      <p class="small set-lit-open">${open('from')} ${open('to')}</p>
    </div>
  </div>`;
}
