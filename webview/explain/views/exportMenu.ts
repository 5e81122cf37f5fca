import { html, nothing, type TemplateResult } from 'lit';
import { iconButton } from '../../ui/button.ts';
import { moveFocus } from '../../ui/focus.ts';
import type { Actions } from '../actions.ts';
import { type ExportFormat, noModelOf } from '../exports.ts';
import { currentMethod, shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

const formats: readonly { id: ExportFormat; label: string; about: string }[] = [
  { id: 'png', label: 'Picture (.png)', about: 'image with the map as you see it' },
  { id: 'npy', label: 'Raw values (.npy)', about: 'float32, before any resize or ReLU' },
  { id: 'json', label: 'Raw values (.json)', about: 'the same numbers as text' },
  { id: 'onnx', label: 'Explanation as ONNX model (.onnx)', about: 'image in, map out' },
];

/** Each export is written with where it comes from: model and image hash, method, layer, class, engine. */
export function exportMenu(state: PageState, actions: Actions): TemplateResult {
  const { map, stale } = shown(state);
  const close = (event: FocusEvent) => {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) actions.openMenu(false);
  };
  return html`<div class="menu-anchor" @focusout=${close} @keydown=${(event: KeyboardEvent) => onKey(event, actions)}>
    ${iconButton({
      testid: 'export',
      label: 'Export this map',
      icon: 'save',
      disabled: !map || stale,
      onClick: () => actions.openMenu(!state.menuOpen),
    })}
    ${state.menuOpen ? menu(state, actions) : nothing}
  </div>`;
}

function menu(state: PageState, actions: Actions): TemplateResult {
  const method = currentMethod(state);
  const reason = method && noModelOf(method);
  return html`<div class="menu" role="menu" aria-label="Export this map" data-testid="export-menu">
    ${formats.map(({ id, label, about }) => {
      const refused = id === 'onnx' ? reason : undefined;
      return html`<button
        class="menu-item"
        role="menuitem"
        data-testid="export-${id}"
        aria-disabled=${refused === undefined ? nothing : 'true'}
        @click=${() => refused === undefined && void actions.export(id)}
      >
        <span>${label}</span><span class="small">${refused ?? about}</span>
      </button>`;
    })}
  </div>`;
}

function onKey(event: KeyboardEvent, actions: Actions): void {
  const anchor = event.currentTarget as HTMLElement;
  const menu = anchor.querySelector<HTMLElement>('[role=menu]');
  if (event.key === 'Escape' && menu) {
    event.stopPropagation();
    actions.openMenu(false);
    anchor.querySelector<HTMLElement>('[data-testid=export]')?.focus();
  } else if (menu && moveFocus(event, [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')])) {
    event.preventDefault();
  }
}
