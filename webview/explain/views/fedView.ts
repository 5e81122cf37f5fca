import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { Prediction } from '../../../src/shared/protocol.ts';
import { number } from '../../draw/format.ts';
import { icon } from '../../ui/icons.ts';
import { pngUrl } from '../../ui/pngUrl.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';

const resizing = { stretch: 'stretched', cover: 'cropped to fill', contain: 'padded to fit' };

/** Of the image's own sides. */
const percent = (part: number) => `${number(part * 100)} %`;

/** Exactly what the network was fed: a wrong preprocessing is the most common bug, and is seen here. */
export function fedView({ prediction }: PageState): TemplateResult {
  return html`<figure class="fed" data-testid="fed" tabindex=${prediction ? 0 : -1} aria-describedby="fed-facts">
    ${
      prediction
        ? html`<img src=${pngUrl(prediction.fed.png)} alt="The image as fed to the network" class="fed-image" />`
        : html`<div class="fed-image skeleton"></div>`
    }
    <figcaption class="small">fed ${prediction ? `${prediction.fed.width} × ${prediction.fed.height}` : ''}</figcaption>
    ${prediction ? facts(prediction) : html`<div class="tip" id="fed-facts" hidden></div>`}
  </figure>`;
}

/** The values beside what the network says of them, and where they come from: a guess is to be seen, and one click from the others. */
export function fedLine({ fed, model }: Prediction, actions: Actions): TemplateResult {
  const { preprocessingGuessed: guessed, preprocessingFrom: from } = model;
  const check = () => actions.answers.ask({ kind: 'preprocessing' });
  return html`<p class=${classMap({ small: true, 'fed-line': true, guessed })} data-testid="fed-line" data-guessed=${guessed}>
    ${guessed ? icon('warning') : nothing}values ${number(fed.min)} … ${number(fed.max)}, ${guessed ? 'guessed from' : 'as in'} ${from}.
    <button class="link" data-testid="check-preprocessing" title="What the network says under each common preparation of the image" @click=${check}>
      ${guessed ? 'Check' : 'Compare'}
    </button>
  </p>`;
}

function facts({ fed, model }: Prediction): TemplateResult {
  const p = model.preprocessing;
  const rows = [
    ['Size', `${fed.width} × ${fed.height} pixels`],
    ['Values', `${number(fed.min)} … ${number(fed.max)}`],
    ['Channels', p?.channels ?? (model.input.channels === 1 ? 'gray' : 'unknown')],
    ['Resize', p ? `${resizing[p.resize]}${p.crop === undefined ? '' : `, middle ${percent(p.crop)}`}` : 'unknown'],
    ...(p
      ? [
          ['Formula', p.scale === 1 ? '(pixel − mean) / std' : `(pixel · ${number(p.scale)} − mean) / std`],
          ['Mean', p.mean.map(number).join(', ')],
          ['Std', p.std.map(number).join(', ')],
        ]
      : []),
    ['From', model.preprocessingGuessed ? `guessed from ${model.preprocessingFrom}` : model.preprocessingFrom],
    ...(model.labels ? [['Names', model.labelsFrom]] : []),
  ];
  return html`<div class="tip" id="fed-facts" role="tooltip" data-testid="fed-facts">
    <p class="tip-title">Exactly what was fed to the network</p>
    <dl>
      ${rows.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}
    </dl>
  </div>`;
}
