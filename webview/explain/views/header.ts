import { html, nothing, type TemplateResult } from 'lit';
import { iconButton } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import { isComparing } from '../compare/comparison.ts';
import { exportButton } from '../compare/views/compareBar.ts';
import { modeSwitch } from '../compare/views/modeSwitch.ts';
import type { PageState } from '../state.ts';
import { exportMenu } from './exportMenu.ts';

/** Image, model, engine; similar images, export, pin. */
export function header(state: PageState, actions: Actions): TemplateResult {
  const { subject } = state;
  return html`<header class="header">
    <div class="names">
      <button class="name-button image-name" data-testid="image-name" title=${imageTitle(state)} @click=${() => actions.revealImage()}>
        ${subject?.imageName ?? ' '}
      </button>
      ${subject?.modelName === undefined ? nothing : modelButton(state, actions)}
    </div>
    ${modeSwitch(state, actions.compare)}
    <div class="header-tools">
      ${iconButton({
        testid: 'find-similar',
        label: 'Find similar images: what the network thinks is like this one',
        icon: 'similar',
        disabled: subject?.modelName === undefined,
        onClick: () => actions.findSimilar(),
      })}
      ${isComparing(state) ? exportButton(state, actions.compare) : exportMenu(state, actions)}
      ${iconButton({
        testid: 'pin',
        label: subject?.pinned ? 'Pinned: the next image opens another panel' : 'Pin: keep this image, open the next one in another panel',
        icon: subject?.pinned ? 'pinned' : 'pin',
        pressed: subject?.pinned ?? false,
        disabled: !subject,
        onClick: () => actions.togglePin(),
      })}
    </div>
  </header>`;
}

function imageTitle({ subject, picture }: PageState): string {
  const size = picture?.size ? ` (${picture.size.width} × ${picture.size.height})` : '';
  return subject ? `${subject.imagePath}${size}: reveal in the explorer` : '';
}

function modelButton({ subject, prediction }: PageState, actions: Actions): TemplateResult {
  const engine = prediction?.model.engine;
  const about = [
    subject?.modelPath,
    prediction && `${prediction.model.format}, ${prediction.model.classes} classes`,
    engine,
    'choose another model',
  ];
  return html`<button
    class="name-button model-name"
    data-testid="model-name"
    title=${about.filter(Boolean).join('\n')}
    @click=${() => actions.chooseModel()}
  >
    ${icon('model')}<span class="model-label">${subject?.modelName}</span>${icon('chevron')}
  </button>`;
}
