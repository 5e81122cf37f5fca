import { html, nothing, type TemplateResult } from 'lit';
import { shareText } from '../../confusion/text.ts';
import type { PageState } from '../state.ts';
import { driftBetween, driftWords } from './driftOf.ts';
import { placesOf } from './places.ts';
import { runBars } from './runBars.ts';
import type { Evaluated, Sight } from './selectors.ts';

interface Drifts {
  all: readonly Evaluated[];
  /** By layer, in the order of the network: 1 − CKA at each checkpoint, NaN where it was not measured. */
  layers: ReadonlyMap<string, Float32Array>;
  /** Share of neighbours that are others. */
  overlap: Float32Array;
  /** Largest of the layers' numbers: one scale for all. */
  high: number;
  measured: number;
}

let kept: Drifts | undefined;

export function driftsOver(all: readonly Evaluated[]): Drifts {
  if (kept?.all === all) return kept;
  const layers = new Map<string, Float32Array>();
  const none = () => new Float32Array(all.length).fill(Number.NaN);
  const overlap = none();
  let [high, measured] = [0, 0];
  all.forEach(({ whole }, i) => {
    const drift = driftBetween(all[i - 1]?.whole, whole);
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
  kept = { all, layers, overlap, high: Math.max(0.02, high), measured };
  return kept;
}

export function driftGist({ now, before }: Sight): string {
  const drift = driftBetween(before?.whole, now.whole);
  if (!before) return 'the first evaluated';
  return drift ? `${shareText(drift.overlap)} of neighbours stay` : 'not measured';
}

/** How far the network moved since the evaluated checkpoint before, in numbers that need no projection. */
export function driftView(state: PageState, sight: Sight): TemplateResult {
  const { all, index, now, before } = sight;
  const { layers, overlap, high, measured } = driftsOver(all);
  const drift = driftBetween(before?.whole, now.whole);
  const { x } = placesOf(state, all);
  const value = (layer: string) => drift?.cka.find((each) => each.layer === layer)?.value ?? Number.NaN;
  const since = before ? `Since ${before.checkpoint.name}: ` : '';
  return html`<p data-testid="drift-words">
      ${drift ? `${since}${driftWords(drift)}` : before ? `Between ${before.checkpoint.name} and ${now.checkpoint.name} nothing was measured: they were not evaluated one after the other.` : `${now.checkpoint.name} is the first evaluated checkpoint: nothing to compare with.`}
    </p>
    ${
      measured === 0
        ? nothing
        : html`<ul class="layer-rows" data-testid="drift-layers">
              ${layerRow('10 nearest neighbours', drift ? `${shareText(drift.overlap)} stay` : '–', `Share of the 10 nearest neighbours of a picture in ${now.whole.layer} (cosine) that are others than at the checkpoint before`, { x, y: overlap, high: 1, index })}
              ${[...layers].map(([layer, values]) => layerRow(layer, ckaText(value(layer)), `1 − linear CKA of ${layer} between a checkpoint and the evaluated one before it`, { x, y: values, high, index }))}
            </ul>
            <p class="small">
              Bars over the run: how much is new since the checkpoint before. Neighbours: share of others, up to 100 %. Layers: 1 − linear CKA, all to one scale up
              to ${high.toFixed(2)} (0: the same up to rotation and scale; Kornblith et al. 2019)${drift ? `; ${drift.images.toLocaleString('en')} pictures` : ''}.
            </p>`
    }`;
}

function ckaText(value: number): string {
  if (Number.isNaN(value)) return '–';
  return `CKA ${value > 0.9995 ? '> 0.999' : value.toFixed(3)}`;
}

function layerRow(
  name: string,
  figure: string,
  about: string,
  bars: { x: readonly number[]; y: Float32Array; high: number; index: number },
): TemplateResult {
  return html`<li class="layer-row">
    <span class="layer-name" title=${about}>${name}</span><span class="layer-figure">${figure}</span>
    ${runBars({ ...bars, testid: 'drift-bars', label: `${about}: ${figure}` })}
  </li>`;
}
