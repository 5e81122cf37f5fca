import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import { number, shareText } from '../../confusion/text.ts';
import { type Curve, curves } from '../../draw/curves.ts';
import { number as measured } from '../../draw/format.ts';
import { button } from '../../ui/button.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { type ClassChange, classChanges } from './classChanges.ts';
import { axisText, placesOf } from './places.ts';
import type { Evaluated, Sight } from './selectors.ts';
import { pointsText } from './text.ts';

/** Rows of the table at first. */
const first = 8;

let kept: { all: readonly Evaluated[]; at: readonly number[]; accuracy: Curve; loss: Curve } | undefined;

function scoreCurves(all: readonly Evaluated[], at: readonly number[]) {
  if (kept?.all !== all || kept.at !== at) {
    const of = (name: string, value: (each: Evaluated) => number, look: number): Curve => ({ name, x: at, y: all.map(value), look });
    kept = { all, at, accuracy: of('accuracy', ({ whole }) => whole.accuracy, 0), loss: of('loss', ({ whole }) => whole.loss, 1) };
  }
  return kept;
}

export function scoresGist({ now, before }: Sight): string {
  const { accuracy, loss } = now.whole;
  if (Number.isNaN(accuracy)) return 'no labels';
  const change = before ? pointsText(accuracy - before.whole.accuracy) : '';
  return `${shareText(accuracy)}${change === '' ? '' : ` (${change})`}${Number.isNaN(loss) ? '' : `, loss ${measured(loss)}`}`;
}

/** Accuracy and loss over the checkpoints, and how well each class is recognised. */
export function scoresView(state: PageState, flow: Flow, sight: Sight): TemplateResult {
  const { all, now } = sight;
  const { at, axis } = placesOf(state, all);
  const { accuracy, loss } = scoreCurves(all, at);
  const chart = (
    testid: string,
    label: string,
    curve: Curve,
    more: { range?: readonly [number, number]; valueText: (value: number) => string; tickText?: (value: number) => string },
  ) =>
    curves({
      ...{
        testid,
        label,
        curves: [curve],
        x: axis,
        xText: (value: number) => axisText(state, value),
        at: now.checkpoint.at,
        stops: at,
        height: 78,
      },
      ...more,
      onPick: (to) => {
        const found = all.find(({ checkpoint }) => checkpoint.at === to);
        if (found) flow.lookAt(found.checkpoint.id);
      },
    });
  const percents = (value: number) => `${Math.round(100 * value)} %`;
  return html`<div class="whole-charts">
      ${chart('set-accuracy', 'Accuracy of the whole set', accuracy, { range: [0, 1], valueText: shareText, tickText: percents })}
      ${now.whole.loss > Number.NEGATIVE_INFINITY ? chart('set-loss', 'Mean cross-entropy of the whole set, nats', loss, { valueText: measured }) : nothing}
    </div>
    ${classTable(state, flow, sight)}`;
}

/** The largest fall first. */
function classTable(state: PageState, flow: Flow, { now, before }: Sight): TemplateResult | typeof nothing {
  const changes = classChanges(before?.whole, now.whole);
  if (changes.length === 0) return nothing;
  const shown = changes.slice(0, first + (state.whole.more.classes ?? 0));
  return html`${guard(
    [changes, shown.length, before?.checkpoint.name],
    () => html`<table class="class-table" data-testid="class-table">
      <caption class="small">
        Classes${before ? `, the largest falls since ${before.checkpoint.name} first` : ', the worst first'}
      </caption>
      <thead>
        <tr><th scope="col">class</th><th scope="col" class="figure" title="Share of its pictures that are recognised">accuracy</th><th scope="col" class="figure" title="Percentage points since the evaluated checkpoint before">change</th><th scope="col" class="figure">pictures</th></tr>
      </thead>
      <tbody>${shown.map((each) => classRow(now.whole.classes[each.of] ?? '', each))}</tbody>
    </table>`,
  )}
  ${
    shown.length < changes.length
      ? button({
          testid: 'more-classes',
          label: `All ${number(changes.length)} classes`,
          onClick: () => flow.whole.more('classes', changes.length),
        })
      : nothing
  }`;
}

function classRow(name: string, { images, accuracy, change }: ClassChange): TemplateResult {
  return html`<tr>
    <th scope="row" title=${name}>${name}</th>
    <td class="figure"><span class="share-bar" aria-hidden="true" ${vars({ '--share': accuracy.toFixed(3) })}></span>${shareText(accuracy)}</td>
    <td class=${classMap({ figure: true, worse: change < 0, better: change > 0 })}>${change < 0 ? '▼ ' : change > 0 ? '▲ ' : ''}${pointsText(change) || '–'}</td>
    <td class="figure">${number(images)}</td>
  </tr>`;
}
