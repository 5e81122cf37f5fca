import { html, type TemplateResult } from 'lit';
import type { UnitsSubject } from '../../../src/shared/unitsProtocol.ts';
import type { Flow } from '../flow.ts';

/** The images that units are looked at with, and the way to others. */
export function datasetChip({ dataset }: UnitsSubject, flow: Flow): TemplateResult {
  const change = () => void flow.ask((generation) => flow.client.call('chooseDataset', { generation }));
  const count = dataset?.images.length ?? 0;
  const images = `${count} ${count === 1 ? 'image' : 'images'}`;
  const title = dataset?.capped
    ? `${count} images of ${dataset.label}, from all its folders: there are more`
    : 'Images that patches and thresholds are taken from';
  return html`<span class="dataset-chip" data-testid="dataset" title=${title}>
    <span class="dataset-label">${dataset ? dataset.label : 'No images'}</span>
    ${dataset ? html`<span class="small dataset-count">${dataset.capped ? `${images} of more` : images}</span>` : ''}
    <button class="link" data-testid="change-dataset" aria-label=${dataset ? 'Change the data set' : 'Choose a folder of images'} @click=${change}
      >${dataset ? 'Change…' : 'Choose…'}</button
    >
  </span>`;
}
