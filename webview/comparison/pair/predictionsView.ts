import { html, type nothing, type TemplateResult } from 'lit';
import type { ComparedImage, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { pointsText, probabilityText } from '../views/summaryText.ts';

const most = 6;

/** What both predict: each class with both probabilities and its change. */
export function predictionsView(image: ComparedImage, { from, to }: ComparisonSubject, flow: Flow): TemplateResult {
  const { classes } = image;
  if (classes.every((each) => each.from === undefined && each.to === undefined))
    return html`<p class="small" data-testid="predictions">The outputs are no class scores: there are no probabilities.</p>`;
  const { truth, explained } = image;
  const isNeeded = (index: number) => [truth, explained.index, image.predicted.from, image.predicted.to].includes(index);
  const shown = classes.filter(({ index }, i) => i < most || isNeeded(index));
  return html`<section class="pair-predictions" data-testid="predictions">
    <h3 class="card-title">Predictions</h3>
    <table>
      <thead>
        <tr><th scope="col">Class</th><th scope="col" class="bars"><span class="visually-hidden">Bars</span></th><th scope="col">${from.name}</th><th scope="col">${to.name}</th><th scope="col">Change</th></tr>
      </thead>
      <tbody>${shown.map((each) => row(each, image, flow))}</tbody>
    </table>
  </section>`;
}

function row(
  { index, label, from, to }: ComparedImage['classes'][number],
  { truth, explained, predicted }: ComparedImage,
  flow: Flow,
): TemplateResult {
  const tags = [...(index === truth ? ['true'] : []), ...(index === explained.index ? ['explained'] : [])];
  return html`<tr data-testid="predicted-class" data-class=${index}>
    <th scope="row"><button class="predicted-label" title="Explain ${label}" data-testid="explain-${index}" @click=${() => flow.explain(index)}>${label}</button> ${tags.map((tag) => html`<span class="tag ${tag}">${tag}</span> `)}</th>
    <td class="bars" aria-hidden="true">${bar(from, 'first')}${bar(to, 'second')}</td>
    <td class=${index === predicted.from ? 'best' : ''}>${probabilityText(from)}</td>
    <td class=${index === predicted.to ? 'best' : ''}>${probabilityText(to)}</td>
    <td>${from === undefined || to === undefined ? '–' : pointsText(to - from)}</td>
  </tr>`;
}

function bar(share: number | undefined, side: 'first' | 'second'): TemplateResult | typeof nothing {
  return html`<span class="bar ${side}"><span ${vars({ '--share': String(share ?? 0) })}></span></span>`;
}
