import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Checkpoint, ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { icon } from '../../ui/icons.ts';
import { painted } from '../../ui/painted.ts';
import type { Flow } from '../flow.ts';
import { flipsSince, pairOf, rightOf, rowOf } from '../reading.ts';
import type { PageState } from '../state.ts';
import { goTo } from './goTo.ts';
import { paintProbe } from './paintProbe.ts';
import { flipText, rightText } from './summaryText.ts';
import { share } from './verdictView.ts';

/** Flips that are listed before a person asks for all. */
const first = 4;
/** Side of a thumbnail, CSS pixels. */
const side = 30;

/** What became of the probes since the checkpoint before: in a line, and those that flipped, the worst first. */
export function flipsView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const pair = pairOf(state);
  if (!pair) return nothing;
  const { checkpoint, now, earlier, was } = pair;
  if (rightOf(now).of === 0) return html`<p class="small" data-testid="summary">${unjudged(now)}</p>`;
  const told = flipText(was, now);
  const { becameWrong, becameRight } = was && told !== undefined ? flipsSince(was, now) : { becameWrong: [], becameRight: [] };
  const all = [
    ...becameWrong.map((row) => ({ row, kind: 'wrong' as const })),
    ...becameRight.map((row) => ({ row, kind: 'right' as const })),
  ];
  const listed = state.allFlips ? all : all.slice(0, first);
  return html`<section class="flips" aria-label="What changed" data-testid="flips">
    <p class="summary" data-testid="summary">
      <strong>${rightText(now)}</strong>${told === undefined ? nothing : html` · <span data-testid="flip-text">${told}</span>`}
      <span class="small">${earlier ? `since ${earlier.name}` : nothingBefore(state, checkpoint)}</span>
    </p>
    ${
      all.length === 0 || !was
        ? nothing
        : html`<ul class="flip-list" aria-label="Flipped since ${earlier?.name}">
            ${repeat(
              listed,
              ({ row }) => now.images[row],
              ({ row, kind }) => html`<li>${flip(state, flow, was, now, row, kind)}</li>`,
            )}
          </ul>`
    }
    ${
      all.length > first
        ? html`<button class="link small" data-testid="all-flips" aria-expanded=${state.allFlips} @click=${() => flow.show({ allFlips: !state.allFlips })}>
            ${state.allFlips ? 'Show fewer' : `Show all ${all.length}`}
          </button>`
        : nothing
    }
  </section>`;
}

/** Why there is nothing to compare with: the newest checkpoint is read first. */
function nothingBefore({ subject }: PageState, { id, name }: Checkpoint): string {
  return subject?.checkpoints[0]?.id === id ? `${name} is the first` : 'no earlier one is read';
}

/** Why nothing is right or wrong. */
function unjudged({ scored }: ProbeFrames): string {
  if (!scored) return 'The outputs are no class scores: nothing is right or wrong. Maps and where their evidence lies can be followed.';
  return 'The true class of no picture is known: folders named as the classes, or a label file, tell it.';
}

function flip(state: PageState, flow: Flow, was: ProbeFrames, now: ProbeFrames, row: number, kind: 'wrong' | 'right'): TemplateResult {
  const image = now.images[row] as string;
  const old = rowOf(was, image);
  const name = state.subject?.probes.find(({ path }) => path === image)?.name ?? image;
  const picture = state.pictures.get(image);
  const [before, after] = [was.classes[was.predicted[old] as number], now.classes[now.predicted[row] as number]];
  const [from, to] = [share(was.trueProbability[old]), share(now.trueProbability[row])];
  const pixels = side * devicePixelRatio;
  return html`<button
    class="flip ${kind}"
    data-testid="flip"
    data-kind=${kind}
    title="${name}: became ${kind}. Probability of its class ${from} → ${to}"
    @click=${() => goTo(flow, image)}
  >
    ${picture ? html`<canvas class="flip-thumb" aria-hidden="true" ${painted({ width: pixels, height: pixels }, [picture], (pen) => paintProbe(pen, picture, undefined, 1))}></canvas>` : html`<span class="flip-thumb skeleton"></span>`}
    <span class="flip-words">
      <span class="flip-classes">${icon(kind === 'right' ? 'check' : 'close')}<span class="visually-hidden">${name} became ${kind}:</span><span class="flip-class">${before}</span><span aria-hidden="true">→</span><span class="visually-hidden">then</span><span class="flip-class">${after}</span></span>
      <span class="flip-numbers">true class ${from} → ${to}</span>
    </span>
  </button>`;
}
