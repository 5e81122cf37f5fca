import { html, nothing, type TemplateResult } from 'lit';
import { shareText } from '../../confusion/text.ts';
import type { PageState } from '../state.ts';
import { type AskedDrifts, driftBetween, driftKey, driftWords } from './driftOf.ts';
import { placesOf } from './places.ts';
import { runBars } from './runBars.ts';
import type { Evaluated, Sight } from './selectors.ts';
import { ckaText } from './text.ts';

interface Drifts {
  all: readonly Evaluated[];
  /** By layer, in the order of the network: 1 − CKA at each checkpoint, NaN where it was not measured. */
  layers: ReadonlyMap<string, Float32Array>;
  /** Share of neighbours that are others. */
  overlap: Float32Array;
  /** Largest of the layers' numbers: one scale for all. */
  high: number;
  measured: number;
  drifts: AskedDrifts;
}

let kept: Drifts | undefined;

export function driftsOver(all: readonly Evaluated[], drifts: AskedDrifts): Drifts {
  if (kept?.all === all && kept.drifts === drifts) return kept;
  const layers = new Map<string, Float32Array>();
  const none = () => new Float32Array(all.length).fill(Number.NaN);
  const overlap = none();
  let [high, measured] = [0, 0];
  all.forEach(({ whole }, i) => {
    const drift = driftBetween(all[i - 1]?.whole, whole, drifts);
    if (!drift) return;
    measured++;
    overlap[i] = 1 - drift.overlap;
    for (const { layer, value } of drift.cka) {
      const values = layers.get(layer) ?? none();
      values[i] = 1 - value;
      layers.set(layer, values);
      if (1 - value > high) high = 1 - value;
    }
  });
  kept = { all, drifts, layers, overlap, high: Math.max(0.02, high), measured };
  return kept;
}

export function driftGist({ before, drift }: Sight): string {
  if (!before) return 'the first evaluated';
  return drift ? `${shareText(drift.overlap)} of neighbours stay` : 'not measured';
}

/** How far the network moved since the evaluated checkpoint before, in numbers that need no projection. */
export function driftView(state: PageState, sight: Sight): TemplateResult {
  const { all, index, now, drift, drifts } = sight;
  const { layers, overlap, high, measured } = driftsOver(all, drifts);
  const { x } = placesOf(state, all);
  const value = (layer: string) => drift?.cka.find((each) => each.layer === layer)?.value ?? Number.NaN;
  return html`<p data-testid="drift-words">${wordsOf(sight)}</p>
    ${
      measured === 0
        ? nothing
        : html`<ul class="layer-rows" data-testid="drift-layers">
              ${layerRow('10 nearest neighbours', drift ? `${shareText(drift.overlap)} stay` : '–', `Share of the 10 nearest neighbours of a picture in ${now.whole.layer} (cosine) that are others than at the checkpoint before`, { x, y: overlap, high: 1, index })}
              ${[...layers].map(([layer, values]) => layerRow(layer, Number.isNaN(value(layer)) ? '–' : `CKA ${ckaText(value(layer))}`, `1 − linear CKA of ${layer} between a checkpoint and the evaluated one before it`, { x, y: values, high, index }))}
            </ul>
            <p class="small">
              Bars over the run: how much is new since the checkpoint before. Neighbours: share of others, up to 100 %. Layers: 1 − linear CKA, all to one scale up
              to ${high.toFixed(2)} (0: the same up to rotation and scale; Kornblith et al. 2019)${drift ? `; ${drift.images.toLocaleString('en')} pictures` : ''}.
            </p>`
    }`;
}

function wordsOf({ now, before, drift, drifts }: Sight): string {
  if (!before) return `${now.checkpoint.name} is the first evaluated checkpoint: nothing to compare with.`;
  if (drift) return `Since ${before.checkpoint.name} ${driftWords(drift)}`;
  const from = `How far the network moved from ${before.checkpoint.name} to ${now.checkpoint.name} is`;
  const isAsked = drifts.has(driftKey(before.whole, now.whole));
  return isAsked ? `${from} not known: what would be compared is not kept of both.` : `${from} being measured.`;
}

function layerRow(
  name: string,
  figure: string,
  about: string,
  bars: { x: readonly number[]; y: Float32Array; high: number; index: number },
): TemplateResult {
  return html`<li class="layer-row">
    <span class="layer-row-name" title=${about}>${name}</span><span class="layer-row-figure">${figure}</span>
    ${runBars({ ...bars, testid: 'drift-bars', label: `${about}: ${figure}` })}
  </li>`;
}
