import { html, nothing, type TemplateResult } from 'lit';
import { borderArea, type ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { vars } from '../../ui/vars.ts';
import { movedSince, rowOf } from '../reading.ts';

/** How much of a map changed, and where its evidence lies: what a person would check by eye, as numbers. */
export function measuresView(now: ProbeFrames, was: ProbeFrames | undefined, image: string): TemplateResult {
  const row = rowOf(now, image);
  const moved = was && row >= 0 ? (movedSince(was, now)[row] as number) : Number.NaN;
  const [onObject, area, onBorder] = [now.objectShare[row], now.objectArea[row], now.borderShare[row]].map(
    (value) => value ?? Number.NaN,
  ) as [number, number, number];
  return html`<dl class="measures">
    ${measure('moved', 'Map moved', Number.isNaN(moved) ? undefined : { value: movedWords(moved), note: `ρ ${correlation(moved)}`, share: (1 - moved) / 2, title: 'Rank correlation of the map with the one of the checkpoint before: 1 is the same order of cells, 0 another map.' })}
    ${measure('object', 'On the object', measured(onObject, area, now.objectPeak[row] === 1, `its area ${whole(area)}`, 'Share of the positive evidence that lies on the object; the mark is the share of the picture that it covers, which an even map would have.'), 'no mask')}
    ${measure('border', 'On the border', measured(onBorder, borderArea, now.borderPeak[row] !== 1, `even map ${whole(borderArea)}`, `Share of the positive evidence that lies in the outer quarter of a side; the mark is an even map's.`))}
  </dl>`;
}

interface Measured {
  value: string;
  note: string;
  /** 0..1, drawn. */
  share: number;
  /** 0..1, marked. */
  even?: number;
  title: string;
}

function measured(share: number, even: number, isPeakFine: boolean, note: string, title: string): Measured | undefined {
  if (Number.isNaN(share)) return undefined;
  return {
    value: whole(share),
    note,
    share,
    even,
    title: isPeakFine ? title : `${title} The hottest point lies ${even === borderArea ? 'there' : 'elsewhere'}.`,
  };
}

function measure(id: string, label: string, of: Measured | undefined, none = '–'): TemplateResult {
  return html`<div class="measure" title=${of?.title ?? nothing} data-testid="measure-${id}">
    <dt>${label}</dt>
    <dd>
      <span class="measure-value">${of?.value ?? none}</span>
      ${
        of
          ? html`<span class="meter" aria-hidden="true" ${vars({ '--share': String(Math.min(1, Math.max(0, of.share))), '--even': String(of.even ?? 0) })}
                ><span></span>${of.even === undefined ? nothing : html`<i></i>`}</span
              ><span class="measure-note">${of.note}</span>`
          : nothing
      }
    </dd>
  </div>`;
}

/** For people, and for screen readers. */
export function movedWords(correlation: number): string {
  if (correlation >= 0.9) return 'hardly';
  if (correlation >= 0.6) return 'a little';
  return correlation >= 0.3 ? 'much' : 'elsewhere';
}

function correlation(value: number): string {
  return value.toFixed(2).replace('-', '−');
}

export function whole(share: number): string {
  return `${Math.round(100 * share)} %`;
}
