import { html, type TemplateResult } from 'lit';
import type { LabelSource } from '../../../src/shared/spaceProtocol.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';

/** The images, where their labels come from, and the way to others. */
export function datasetChip({ subject, rows }: SpaceState, flow: Flow): TemplateResult {
  const { dataset } = subject ?? {};
  const ask = (what: 'chooseDataset' | 'chooseLabels') => void flow.ask((generation) => flow.client.call(what, { generation }));
  const count = dataset?.count ?? 0;
  const images = `${count.toLocaleString('en')} ${count === 1 ? 'image' : 'images'}`;
  return html`<span class="dataset-chip" data-testid="dataset">
    <span class="dataset-label">${dataset ? dataset.label : 'No images'}</span>
    ${dataset ? html`<span class="small dataset-count">${dataset.capped ? `${images} of more` : images}</span>` : ''}
    <button class="link" data-testid="change-dataset" aria-label=${dataset ? 'Change the data set' : 'Choose a folder of images'} @click=${() => ask('chooseDataset')}
      >${dataset ? 'Change…' : 'Choose…'}</button
    >
    ${
      dataset && rows.value
        ? html`<button class="link labels-link" data-testid="change-labels" title="Where labels come from: choose a CSV or JSON file" @click=${() => ask('chooseLabels')}
            >${labelText(rows.value.labelSource)}</button
          >`
        : ''
    }
  </span>`;
}

function labelText(source: LabelSource): string {
  if (source.kind === 'folders') return 'labels from folders';
  if (source.kind === 'none') return 'no labels: choose…';
  return `labels from ${source.file.split(/[\\/]/).at(-1)}`;
}
