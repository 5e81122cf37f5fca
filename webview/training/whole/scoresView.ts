import { html, nothing, type TemplateResult } from 'lit';
import { confusionOf, recallOf } from '../../confusion/confusion.ts';
import { shareText } from '../../confusion/text.ts';
import { type Curve, type CurvesOptions, curves } from '../../draw/curves.ts';
import { number } from '../../draw/format.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { classTable } from './classTable.ts';
import { axisText, placesOf } from './places.ts';
import type { Evaluated, Sight } from './selectors.ts';
import { pointsText } from './text.ts';

interface Scores {
  all: readonly Evaluated[];
  at: readonly number[];
  accuracy: Curve;
  loss: Curve;
  /** By class: its share of recognised pictures. */
  classes: Map<number, Curve>;
}

let kept: Scores | undefined;

function scoresOver(all: readonly Evaluated[], at: readonly number[]): Scores {
  if (kept?.all !== all || kept.at !== at) {
    const of = (name: string, value: (each: Evaluated) => number, look: number): Curve => ({ name, x: at, y: all.map(value), look });
    kept = {
      ...{ all, at, classes: new Map() },
      accuracy: of('accuracy', ({ whole }) => whole.accuracy, 0),
      loss: of('loss', ({ whole }) => whole.loss, 1),
    };
  }
  return kept;
}

/** Of the classes that a person chose. */
function classCurves({ all, at, classes }: Scores, chosen: readonly number[]): readonly Curve[] {
  return chosen.map((of, i) => {
    const known = classes.get(of);
    // All curves are of one look until another class gives way.
    const curve =
      known?.look === i + 2
        ? known
        : {
            name: all[0]?.whole.classes[of] ?? '',
            x: at,
            y: known?.y ?? all.map(({ whole }) => recallOf(confusionOf(whole), of)),
            look: i + 2,
          };
    classes.set(of, curve);
    return curve;
  });
}

export function scoresGist({ now, before }: Sight): string {
  const { accuracy, loss } = now.whole;
  if (Number.isNaN(accuracy)) return 'no labels';
  const change = before ? pointsText(accuracy - before.whole.accuracy) : '';
  return `${shareText(accuracy)}${change === '' ? '' : ` (${change})`}${Number.isNaN(loss) ? '' : `, loss ${number(loss)}`}`;
}

/** Accuracy and loss over the checkpoints, and how well each class is recognised. */
export function scoresView(state: PageState, flow: Flow, sight: Sight): TemplateResult {
  const { all, now } = sight;
  const { at, axis } = placesOf(state, all);
  const scores = scoresOver(all, at);
  const shared: Pick<CurvesOptions, 'x' | 'xText' | 'at' | 'stops' | 'height' | 'onPick'> = {
    ...{ x: axis, xText: (value) => axisText(state, value), at: now.checkpoint.at, stops: at, height: 78 },
    onPick: (to) => {
      const found = all.find(({ checkpoint }) => checkpoint.at === to);
      if (found) flow.lookAt(found.checkpoint.id);
    },
  };
  return html`<div class="whole-charts">
      ${curves({
        ...{ ...shared, testid: 'set-accuracy', label: 'Accuracy of the whole set', range: [0, 1], valueText: shareText },
        curves: chosenCurves(scores, state.whole.classes),
        tickText: (value) => `${Math.round(100 * value)} %`,
      })}
      ${
        Number.isNaN(now.whole.loss)
          ? nothing
          : curves({
              ...shared,
              testid: 'set-loss',
              label: 'Mean cross-entropy of the whole set, nats',
              curves: [scores.loss],
              valueText: number,
            })
      }
    </div>
    ${classTable(state, flow, sight)}`;
}

let drawn: { scores: Scores; chosen: readonly number[]; curves: readonly Curve[] } | undefined;

function chosenCurves(scores: Scores, chosen: readonly number[]): readonly Curve[] {
  if (drawn?.scores !== scores || drawn.chosen !== chosen)
    drawn = { scores, chosen, curves: [scores.accuracy, ...classCurves(scores, chosen)] };
  return drawn.curves;
}
