import { html, nothing, type TemplateResult } from 'lit';
import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { accuracyOf, confusionOf, meanRecall } from '../../confusion/confusion.ts';
import { type Matrix, readable } from '../../confusion/matrixModel.ts';
import { counted, number, shareText } from '../../confusion/text.ts';
import { button } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { bigMatrix } from './bigMatrix.ts';
import { listsView } from './listsView.ts';
import { matrixView, readingView } from './matrixView.ts';
import { currentMatrix, currentOrder, knownOf } from './selectors.ts';

/** Which classes are taken for which, and the pictures where it happens. */
export function mistakesView(state: SpaceState, flow: Flow): TemplateResult {
  const rows = state.rows.value;
  if (!rows) return html``;
  const known = knownOf(rows);
  return html`<section class="mistakes" aria-label="Mistakes" data-testid="mistakes">
    ${headline(rows, flow)}
    <div class="mistakes-body">
      ${known.labels && known.classes ? matrixPart(state, rows, flow) : nothing} ${listsView(state, rows, flow)}
    </div>
  </section>`;
}

/** How often the model is right; or why there is no telling. */
function headline(rows: SpaceRows, flow: Flow): TemplateResult {
  const { labels, classes } = knownOf(rows);
  const confusion = confusionOf(rows);
  if (!classes)
    return html`<p data-testid="no-classes">The outputs of this model are no class scores: there is no prediction to be right or wrong.${labels ? ' What its features say of the labels can be asked all the same.' : ''}</p>
      ${labels ? nothing : noLabels(flow)}`;
  if (!labels) return noLabels(flow);
  const { judged, wrong, foreign } = confusion;
  const rest = foreign === 0 ? '' : `${counted(foreign, 'picture has a label', 'pictures have labels')} that the model has no class for.`;
  if (judged === 0) return html`<p data-testid="headline">No label is a class of the model, so nothing is right or wrong: ${rest}</p>`;
  const unlabelled = rows.count - judged - foreign;
  return html`<p class="mistakes-headline" data-testid="headline">
    <span class="mistakes-figure"><strong data-testid="accuracy">${shareText(accuracyOf(confusion))}</strong> accuracy</span>
    <span>${counted(judged, 'labelled picture', 'labelled pictures')}, ${number(wrong)} wrong</span>
    <span title="Mean of the classes’ recalls (macro average): every class counts the same">mean recall ${shareText(meanRecall(confusion))}</span>
    ${rest === '' ? nothing : html`<span class="small" data-testid="foreign">${rest}</span>`}
    ${unlabelled > 0 ? html`<span class="small" data-testid="unlabelled">${counted(unlabelled, 'picture has', 'pictures have')} no label.</span>` : nothing}
  </p>`;
}

function noLabels(flow: Flow): TemplateResult {
  const choose = () => void flow.ask((generation) => flow.client.call('chooseLabels', { generation }));
  return html`<div class="empty" data-testid="no-labels">
    <p>No picture has a label, so nothing is right or wrong. Labels are the names of the folders that pictures are in, or stand in a CSV or JSON file.</p>
    <div class="buttons">${button({ testid: 'choose-labels', label: 'Choose a label file…', onClick: choose })}</div>
  </div>`;
}

function matrixPart(state: SpaceState, rows: SpaceRows, flow: Flow): TemplateResult {
  const { mistakes } = flow;
  const { cells, order, all } = state.choices.mistakes;
  const matrix = currentMatrix(rows, state);
  const isBig = matrix.columns.length > readable;
  const tooMany = matrix.occurring > readable;
  return html`<section class="matrix-part" aria-label="Confusion matrix">
    <div class="matrix-tools">
      ${
        isBig
          ? nothing
          : segments({
              testid: 'cells',
              label: 'In the cells',
              value: cells,
              options: [
                { id: 'counts', label: 'Counts' },
                { id: 'shares', label: '% of row', about: 'Share of the pictures with that label' },
              ],
              onChange: (id) => mistakes.choose({ cells: id }),
            })
      }
      ${segments({
        testid: 'order',
        label: 'Order of classes',
        value: currentOrder(rows, order),
        options: [
          { id: 'class', label: 'By class', about: 'As the model has them' },
          { id: 'confused', label: 'Confused together', about: 'Classes that are taken for each other stand beside each other' },
          { id: 'mistakes', label: 'Mistakes first', about: 'Classes in the most mistakes first' },
        ],
        onChange: (id) => mistakes.choose({ order: id }),
      })}
      ${
        tooMany
          ? segments({
              testid: 'extent',
              label: 'Classes',
              value: all ? 'all' : 'top',
              options: [
                { id: 'top', label: `${readable} most confused` },
                { id: 'all', label: `All ${number(matrix.occurring)}` },
              ],
              onChange: (id) => mistakes.choose({ all: id === 'all' }),
            })
          : nothing
      }
    </div>
    ${readingView(state, rows, matrix, isBig)}
    ${isBig ? bigMatrix(state, rows, matrix, flow) : matrixView(state, rows, matrix, flow)}
    ${legend(matrix)}
  </section>`;
}

/** Colours are of mistakes: how many of a label's pictures are seen as the other class. */
function legend({ reach }: Matrix): TemplateResult | typeof nothing {
  if (reach === 0) return nothing;
  return html`<div class="matrix-legend small">
    <span class="matrix-ramp"></span>
    <span data-testid="matrix-legend">mistakes: up to ${shareText(reach)} of a label’s pictures. Grey: recognised.</span>
  </div>`;
}
