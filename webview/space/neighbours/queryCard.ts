import { html, nothing, type TemplateResult } from 'lit';
import type { Neighbourhood, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { button } from '../../ui/button.ts';
import { painted } from '../../ui/painted.ts';
import type { Flow } from '../flow.ts';
import { classText, nameOf } from './neighbourText.ts';

/** The picture whose neighbours are shown, what it is, and what can be done with it. */
export function queryCard(path: string, rows: SpaceRows | undefined, found: Neighbourhood | undefined, flow: Flow): TemplateResult {
  const { client } = flow;
  const act = (what: 'openImage' | 'revealImage') => void flow.ask((generation) => client.call(what, { generation, image: path }));
  const explain = () => void flow.ask((generation) => client.call('explainImages', { generation, images: [path] }));
  return html`<section class="query" data-testid="query" aria-label="Picture">
    ${picture(path, found)}
    <div class="query-words">
      <h2 class="query-name" title=${path}>${nameOf(path)}</h2>
      <p data-testid="query-class">${found && rows ? classText(rows, found.query) : nothing}</p>
      ${found && found.query.row < 0 ? html`<p class="small" data-testid="query-foreign">Not one of the data set: run through the network for this.</p>` : nothing}
      ${found && found.copies.length > 0 ? html`<p class="small" data-testid="query-copies">${copies(rows, found)}</p>` : nothing}
      <div class="buttons">
        ${button({ testid: 'explain-query', label: 'Explain', onClick: explain })}
        ${button({ testid: 'open-query', label: 'Open', onClick: () => act('openImage') })}
        ${button({ testid: 'reveal-query', label: 'Reveal in explorer', onClick: () => act('revealImage') })}
        ${found && found.query.row >= 0 ? button({ testid: 'query-on-map', label: 'Show on the map', onClick: () => flow.chooseView('map') }) : nothing}
        ${button({ testid: 'choose-query', label: 'Another picture…', onClick: () => void flow.neighbours.chooseImage() })}
      </div>
    </div>
  </section>`;
}

function picture(path: string, found: Neighbourhood | undefined): TemplateResult {
  if (!found) return html`<span class="query-picture skeleton"></span>`;
  const { picture } = found.query;
  return html`<canvas
    class="query-picture"
    role="img"
    aria-label="${nameOf(path)} as the network sees it"
    data-testid="query-picture"
    ${painted(picture, [picture], (context) => drawPicture(context, picture))}
  ></canvas>`;
}

function copies(rows: SpaceRows | undefined, { copies }: Neighbourhood): string {
  const names = copies.slice(0, 3).map((row) => nameOf(rows?.paths[row]));
  const more = copies.length > names.length ? ` and ${copies.length - names.length} more` : '';
  return `Exactly the same picture: ${names.join(', ')}${more}.`;
}
