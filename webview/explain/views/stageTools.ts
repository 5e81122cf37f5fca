import { html, type TemplateResult } from 'lit';
import { iconButton } from '../../ui/button.ts';
import type { Actions } from '../actions.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** Hold to hide, and zoom. */
export function stageTools(state: PageState, actions: Actions): TemplateResult {
  const { zoom } = state;
  const hold = (on: boolean) => () => actions.peek(on);
  const key = (on: boolean) => (event: KeyboardEvent) => {
    if (event.key === ' ' || event.key === 'Enter') actions.peek(on);
  };
  return html`<div class="stage-tools" role="toolbar" aria-label="View">
    <span
      class="hold"
      @pointerdown=${hold(true)}
      @pointerup=${hold(false)}
      @pointerleave=${hold(false)}
      @pointercancel=${hold(false)}
      @keydown=${key(true)}
      @keyup=${key(false)}
      @focusout=${hold(false)}
    >
      ${iconButton({ testid: 'peek', label: 'Hold to hide the map (or hold Space on the image)', icon: 'eye', pressed: state.peeking, disabled: !shown(state).map })}
    </span>
    ${iconButton({ testid: 'zoom-out', label: 'Zoom out (−)', icon: 'minus', disabled: zoom <= 1, onClick: () => actions.zoom(zoom / 1.5) })}
    ${iconButton({ testid: 'zoom-fit', label: 'Fit (0)', icon: 'fit', disabled: zoom === 1, onClick: () => actions.zoom(1) })}
    ${iconButton({ testid: 'zoom-in', label: 'Zoom in (+)', icon: 'plus', onClick: () => actions.zoom(zoom * 1.5) })}
  </div>`;
}
