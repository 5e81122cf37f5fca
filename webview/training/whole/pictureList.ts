import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import { button, iconButton } from '../../ui/button.ts';
import { painted } from '../../ui/painted.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { historyView } from './historyView.ts';
import type { Sight } from './selectors.ts';
import type { FocusPlace } from './state.ts';
import { nameOf, saidText } from './text.ts';

/** On show at first, and how many more at a time. */
const [first, step] = [5, 20];

export interface PictureListOptions {
  id: Exclude<FocusPlace, 'map'>;
  label: string;
  rows: readonly number[];
  /** What is worth saying of a picture in this list, beside what the network says of it. */
  note: (row: number) => string;
}

/** Pictures of the set by name, with what can be done with each; the one that is looked at tells its history. */
export function pictureList(state: PageState, flow: Flow, sight: Sight, { id, label, rows, note }: PictureListOptions): TemplateResult {
  const shown = rows.slice(0, first + (state.whole.more[id] ?? 0));
  const rest = rows.length - shown.length;
  return html`<ul class="set-pictures" aria-label=${label} data-testid="set-${id}">
      ${repeat(
        shown,
        (row) => row,
        (row) => item(state, flow, sight, id, row, note(row)),
      )}
    </ul>
    ${
      rest > 0
        ? button({
            testid: `more-${id}`,
            label: rest > step ? `Show ${step} more of ${rest}` : `Show ${rest} more`,
            onClick: () => flow.whole.more(id, step),
          })
        : nothing
    }`;
}

function item(state: PageState, flow: Flow, sight: Sight, from: FocusPlace, row: number, note: string): TemplateResult {
  const { whole } = sight.now;
  const image = whole.images[row] ?? '';
  const { focus } = state.whole;
  const open = focus?.image === image && focus.from === from;
  return html`<li class=${classMap({ 'set-item': true, open })}>
    <div class="set-head">
      <button class="set-main" aria-expanded=${open} title=${image} data-testid="set-item" data-row=${row} @click=${() => flow.whole.focus(image, from)}>
        ${picture(state, flow, image)}
        <span class="set-words">
          <span class="set-name">${nameOf(image)}</span>
          <span class="set-said">${saidText(whole, row)}</span>
          ${note === '' ? nothing : html`<span class="small">${note}</span>`}
        </span>
      </button>
      ${pictureActions(state, flow, image)}
    </div>
    ${open ? historyView(state, sight, row) : nothing}
  </li>`;
}

/** What the network sees; a blank until it is there. */
export function picture(state: PageState, flow: Flow, image: string): TemplateResult {
  const thumb = flow.whole.thumbs.get(image);
  const size = thumb ? { width: thumb.width, height: thumb.height } : { width: 1, height: 1 };
  // A picture that was given back and came again is another one.
  return html`<canvas class=${classMap({ 'set-thumb': true, none: !thumb })} aria-hidden="true" ${painted(size, [thumb], (pen) => thumb && pen.drawImage(thumb, 0, 0))}></canvas>`;
}

export function pictureActions(state: PageState, flow: Flow, image: string): TemplateResult {
  const pinned = state.subject?.probes.some((probe) => probe.path === image && probe.pinned) ?? false;
  const name = nameOf(image);
  return html`<span class="set-actions">
    ${iconButton({ testid: 'set-explain', label: `Explain ${name}`, icon: 'eye', onClick: () => flow.whole.explain(image) })}
    ${iconButton({
      testid: 'set-pin',
      label: pinned ? `${name} is in the probe set` : `Add ${name} to the probe set`,
      icon: pinned ? 'pinned' : 'pin',
      disabled: pinned,
      onClick: () => flow.whole.pin(image),
    })}
  </span>`;
}
