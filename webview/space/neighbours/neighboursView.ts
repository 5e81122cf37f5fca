import { html, nothing, type TemplateResult } from 'lit';
import { type Metric, metrics, type Neighbourhood } from '../../../src/shared/spaceProtocol.ts';
import { duration } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { counts } from './choices.ts';
import { neighbourList } from './neighbourList.ts';
import { pairView } from './pairView.ts';
import { queryCard } from './queryCard.ts';

/** A picture, those most like it to the network, and those most like it in its pixels. */
export function neighboursView(state: SpaceState, flow: Flow): TemplateResult {
  const { focus } = state.choices;
  if (focus === undefined) return noQuery(flow);
  const { value, error, loading } = state.neighbours.found;
  // Neighbours are of rows that were there when they were asked for.
  const rows = value?.revision === state.rows.value?.revision || loading ? state.rows.value : undefined;
  return html`<div class="neighbours" data-testid="neighbours" aria-busy=${loading}>
    ${queryCard(focus, state.rows.value, value, flow)} ${tools(state, flow)}
    ${error ? errorView(error, { retry: () => flow.neighbours.retry('found'), showLog: () => flow.showLog() }) : nothing}
    ${pairView(state, flow)} ${value && rows ? lists(state, value, flow) : error ? nothing : html`<p class="skeleton line" data-testid="neighbours-skeleton"></p>`}
  </div>`;
}

function noQuery(flow: Flow): TemplateResult {
  return html`<div class="empty" data-testid="no-query">
    <p>Which picture’s neighbours? Choose one here, click a point of the map, or right-click a picture in the explorer: Find Similar Images.</p>
    <div class="buttons">
      ${button({ testid: 'choose-query', label: 'Choose a picture…', appearance: 'primary', onClick: () => void flow.neighbours.chooseImage() })}
    </div>
  </div>`;
}

const metricNames: Readonly<Record<Metric, { label: string; about: string }>> = {
  cosine: { label: 'Cosine', about: '1 − cos of the angle between the vectors: how long they are does not count' },
  euclidean: { label: 'Euclidean', about: 'Length of the difference of the vectors' },
};

function tools({ choices }: SpaceState, flow: Flow): TemplateResult {
  const { k, metric } = choices.neighbours;
  return html`<div class="neighbour-tools">
    ${segments({
      testid: 'metric',
      label: 'Metric',
      value: metric,
      options: metrics.map((id) => ({ id, ...metricNames[id] })),
      onChange: (id) => flow.neighbours.choose({ metric: id }),
    })}
    ${segments({
      testid: 'count',
      label: 'How many',
      value: String(k),
      options: counts.map((count) => ({ id: String(count), label: String(count) })),
      onChange: (count) => flow.neighbours.choose({ k: Number(count) }),
    })}
  </div>`;
}

function lists(state: SpaceState, found: Neighbourhood, flow: Flow): TemplateResult {
  const { pair } = state.choices.neighbours;
  const rows = state.rows.value!;
  const of = { rows, found, pair };
  return html`<div class="neighbour-lists">
      ${neighbourList({ ...of, space: 'features', title: 'In the feature space', about: `Most alike at ${rows.layer.name}` }, flow)}
      ${neighbourList({ ...of, space: 'pixels', title: 'In pixel space', about: 'Most alike as pictures, without the network: what the features add is the difference' }, flow)}
    </div>
    <p class="small" data-testid="searched">${searched(found)}</p>`;
}

const distances: Readonly<Record<Metric, string>> = { cosine: '1 − cosine', euclidean: 'Euclidean distance' };

function searched({ searched, recall, ms, metric }: Neighbourhood): string {
  const how = recall === undefined ? 'exact' : `approximate: finds ${(100 * recall).toFixed(1)} % of the 10 nearest`;
  return `${searched.toLocaleString('en')} pictures searched, ${how}, ${duration(ms)}. Below each its ${distances[metric]}; a mark and a dashed frame: another class.`;
}
