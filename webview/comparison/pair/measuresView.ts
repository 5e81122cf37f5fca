import { html, nothing, type TemplateResult } from 'lit';
import { borderArea, type ComparedImage, type ComparisonSubject, type MapMeasures } from '../../../src/shared/trainingProtocol.ts';
import { number } from '../../draw/format.ts';
import { correlationText } from '../probes/probeText.ts';
import { pointsText, shareText, signedText } from '../views/summaryText.ts';
import type { PairModel } from './pairModel.ts';

/** What of the maps can be told in a number: how much of it lies on the border and on the object, how much stayed. */
export function measuresView(
  { from, to }: ComparisonSubject,
  { measured }: ComparedImage,
  { maps, correlation }: PairModel,
): TemplateResult {
  const area = measured.to?.objectArea ?? measured.from?.objectArea ?? Number.NaN;
  return html`<section class="pair-measures" data-testid="measures">
    <h3 class="card-title">Measures of the maps</h3>
    <table>
      <thead>
        <tr><td></td><th scope="col">${from.name}</th><th scope="col">${to.name}</th><th scope="col">Change</th></tr>
      </thead>
      <tbody>
        ${shareRow('border', 'Evidence on the border', borderArea, measured.from?.borderShare, measured.to?.borderShare)}
        ${Number.isNaN(area) ? nothing : shareRow('object', 'Evidence on the object', area, measured.from?.objectShare, measured.to?.objectShare)}
        ${row('peak', 'Hottest point', [peak(measured.from), peak(measured.to), ''])}
        ${row('max', 'Largest value', [short(maps.from?.max), short(maps.to?.max), change(maps.from?.max, maps.to?.max)])}
      </tbody>
    </table>
    <p class="pair-correlation" data-testid="measure-correlation">Rank correlation of the two maps <strong>${correlationText({ correlation })}</strong> <span class="small">1: the same order of cells, 0: another map</span></p>
  </section>`;
}

function row(id: string, label: TemplateResult | string, cells: readonly string[]): TemplateResult {
  return html`<tr data-testid="measure-${id}"><th scope="row">${label}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

/** `even`: the share that a map would have that is the same everywhere. */
function shareRow(id: string, label: string, even: number, from = Number.NaN, to = Number.NaN): TemplateResult {
  const known = !Number.isNaN(from) && !Number.isNaN(to);
  return row(id, html`${label} <span class="small">even map: ${shareText(even)}</span>`, [
    shareText(from),
    shareText(to),
    known ? pointsText(to - from) : '–',
  ]);
}

function peak(of: MapMeasures | undefined): string {
  if (!of) return '–';
  if (!Number.isNaN(of.objectArea) && of.objectPeak) return 'object';
  if (of.borderPeak) return 'border';
  return Number.isNaN(of.objectArea) ? 'inside' : 'elsewhere';
}

function short(value = Number.NaN): string {
  return Number.isNaN(value) ? '–' : number(Number(value.toPrecision(3)));
}

function change(from = Number.NaN, to = Number.NaN): string {
  return signedText(Number((to - from).toPrecision(3)));
}
