import { html, nothing, type TemplateResult } from 'lit';
import { borderArea, type ComparedImage, type ComparisonSubject, type ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { percent } from '../../draw/format.ts';
import { rowOf } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { pointsText, shareText, signedText } from '../views/summaryText.ts';
import type { PairModel } from './pairModel.ts';

/** What of the maps can be told in a number: how much of it lies on the border and on the object, how much stayed. */
export function measuresView(
  state: ComparisonState,
  subject: ComparisonSubject,
  path: string,
  image: ComparedImage,
  model: PairModel,
): TemplateResult {
  const of = (side: 'from' | 'to') => numbersOf(state.results.frames[side], path, image.explained.index);
  const [from, to] = [of('from'), of('to')];
  const objectArea = Number.isNaN(to.objectArea) ? from.objectArea : to.objectArea;
  const strongest = (map: PairModel['maps']['from']) => map?.max ?? Number.NaN;
  return html`<section class="pair-measures" data-testid="measures">
    <h3 class="card-title">Measures of the maps</h3>
    <table>
      <thead><tr><th scope="col"></th><th scope="col">${subject.from.name}</th><th scope="col">${subject.to.name}</th><th scope="col">Change</th></tr></thead>
      <tbody>
        ${share('Evidence on the border', `the border is ${percent(borderArea)} of the picture`, from.borderShare, to.borderShare, 'border')}
        ${
          Number.isNaN(objectArea)
            ? nothing
            : share('Evidence on the object', `it covers ${percent(objectArea)}`, from.objectShare, to.objectShare, 'object')
        }
        ${peaks(from, to)}
        <tr data-testid="measure-max"><th scope="row">Largest value</th>${[strongest(model.maps.from), strongest(model.maps.to)].map((value) => html`<td>${text(value)}</td>`)}<td>${signedText(strongest(model.maps.to) - strongest(model.maps.from))}</td></tr>
        <tr data-testid="measure-correlation"><th scope="row">Rank correlation of the two <span class="small">1: the same order of cells</span></th><td colspan="3">${text(model.correlation)}</td></tr>
      </tbody>
    </table>
  </section>`;
}

function text(value: number): string {
  return Number.isNaN(value) ? '–' : signedText(Number(value.toPrecision(3))).replace('+', '');
}

function share(label: string, about: string, from: number, to: number, id: string): TemplateResult {
  const change = Number.isNaN(from) || Number.isNaN(to) ? '–' : pointsText(to - from);
  return html`<tr data-testid="measure-${id}">
    <th scope="row">${label} <span class="small">${about}</span></th><td>${shareText(from)}</td><td>${shareText(to)}</td><td>${change}</td>
  </tr>`;
}

function peaks(from: Numbers, to: Numbers): TemplateResult {
  const where = ({ isThere, borderPeak, objectPeak, objectArea }: Numbers) => {
    if (!isThere) return '–';
    if (!Number.isNaN(objectArea)) return objectPeak ? 'object' : borderPeak ? 'border' : 'elsewhere';
    return borderPeak ? 'border' : 'inside';
  };
  return html`<tr data-testid="measure-peak"><th scope="row">Hottest point</th><td>${where(from)}</td><td>${where(to)}</td><td></td></tr>`;
}

interface Numbers {
  isThere: boolean;
  borderShare: number;
  objectShare: number;
  objectArea: number;
  borderPeak: boolean;
  objectPeak: boolean;
}

/** What was measured of a map, where it explains that class. */
function numbersOf(frames: ProbeFrames | undefined, path: string, index: number): Numbers {
  const row = rowOf(frames, path);
  const isThere = frames !== undefined && row >= 0 && frames.explained[row] === index;
  const at = (values: Float32Array | undefined) => (isThere ? (values?.[row] ?? Number.NaN) : Number.NaN);
  return {
    isThere: isThere && !Number.isNaN(at(frames?.borderShare)),
    ...{ borderShare: at(frames?.borderShare), objectShare: at(frames?.objectShare), objectArea: at(frames?.objectArea) },
    ...{ borderPeak: isThere && frames.borderPeak[row] === 1, objectPeak: isThere && frames.objectPeak[row] === 1 },
  };
}
