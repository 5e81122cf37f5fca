import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { paintedInView } from '../../ui/paintedInView.ts';
import { segments } from '../../ui/segments.ts';
import type { Sharing } from '../choices.ts';
import type { Flow } from '../flow.ts';
import { legendView } from '../pair/legendView.ts';
import { paintOver } from '../pair/paintPair.ts';
import { lookTools, measureSwitch } from '../pair/toolsView.ts';
import { mark } from '../probes/probeList.ts';
import { correlationText, rowText } from '../probes/probeText.ts';
import type { ComparisonState } from '../state.ts';
import { probabilityText } from '../views/summaryText.ts';
import { type GridModel, type GridRow, gridModel } from './gridModel.ts';

/** Pixels of a drawing. */
const side = 256;

/** All probes: both maps and their difference in a row each. */
export function gridView(state: ComparisonState, flow: Flow): TemplateResult {
  const model = gridModel(state);
  const { subject } = state;
  const { sharing } = state.choices;
  const unit = model.rows.map(({ model: { maps } }) => (maps.to ?? maps.from)?.unit).find((each) => each !== undefined);
  return html`<section class="compared-grid" aria-label="All probes" data-testid="grid">
    <div class="pair-tools">
      ${segments<Sharing>({
        testid: 'sharing',
        label: 'Which maps share a scale',
        value: sharing,
        options: [
          { id: 'row', label: 'Scale per row', about: 'Both maps of a picture share their scale' },
          { id: 'all', label: 'One scale', about: 'All maps share one scale: strengths compare from picture to picture' },
        ],
        onChange: (chosen) => flow.choose({ sharing: chosen }),
      })}
      ${measureSwitch(state.choices.measure, flow)} ${lookTools(state, flow)}
    </div>
    ${sharing === 'all' && subject ? legendView({ ...model, unit }, subject) : ''}
    <div class="grid-rows" role="list">
      ${[0, 1].map(
        () => html`<div class="grid-row grid-head" aria-hidden="true">
          <span></span><span>${subject?.from.name}</span><span>${subject?.to.name}</span><span>difference</span>
        </div>`,
      )}
      ${repeat(
        model.rows,
        ({ probe }) => probe.path,
        (row) => rowView(state, model, row, flow),
      )}
    </div>
  </section>`;
}

function rowView(state: ComparisonState, grid: GridModel, { probe, model, explained, error }: GridRow, flow: Flow): TemplateResult {
  const isShared = state.choices.sharing === 'all';
  const scale = isShared ? grid.scale : model.scale;
  const differenceScale = isShared ? grid.differenceScale : model.differenceScale;
  const cell = (map: ExplanationMap | undefined, on: ColorScale | undefined, testid: string) =>
    cellView(state, flow, probe.path, { map, scale: on, testid });
  const about = state.subject ? rowText(probe, state.subject) : probe.name;
  return html`<div class="grid-row" role="listitem" data-testid="grid-row" data-path=${probe.path}>
    <button class="grid-words" aria-label="${about}. Look closely" data-testid="grid-open" @click=${() => flow.chooseImage(probe.path, { view: 'probe' })}>
      <span class="grid-name" title=${probe.path}>${probe.name}</span>
      <span class="grid-change ${probe.change}">${{ wrong: 'became wrong', right: 'became right', none: '' }[probe.change]}</span>
      <span class="small">${explained === undefined ? '' : `explains ${explained}`}</span>
      <span class="small">ρ ${correlationText(model.difference ? model : probe)}</span>
    </button>
    ${(['from', 'to'] as const).map(
      (which) => html`<div class="grid-cell">
        ${cell(model.maps[which], scale, `grid-${which}`)}
        <span class="small grid-says">${mark(probe.right[which])}<span>${probe.predicted[which] ?? '–'}</span> ${probabilityText(probabilityOf(state, probe, which))}</span>
      </div>`,
    )}
    <div class="grid-cell">
      ${cell(model.difference, differenceScale, 'grid-difference')}
      <span class="small grid-says">${error ? html`<span data-testid="grid-error" title=${error.message}>${error.message}</span>` : (model.difference?.flat ?? '')}</span>
    </div>
  </div>`;
}

function cellView(
  { choices: { bare, cells } }: ComparisonState,
  flow: Flow,
  path: string,
  { map, scale, testid }: { map: ExplanationMap | undefined; scale: ColorScale | undefined; testid: string },
): TemplateResult {
  const picture = flow.thumbs.get(path);
  const inputs = [picture, map, scale?.low, scale?.high, bare, cells];
  return html`<canvas
    class=${map ? 'grid-picture' : 'grid-picture waiting'}
    aria-hidden="true"
    data-testid=${testid}
    ${paintedInView({ width: side, height: side }, inputs, (context) => paintOver(context, { picture, map, scale, bare, cells }))}
  ></canvas>`;
}

/** Probability of what a checkpoint predicts. */
function probabilityOf({ results }: ComparisonState, { at }: GridRow['probe'], which: 'from' | 'to'): number {
  return results.frames[which]?.confidence[at[which]] ?? Number.NaN;
}
