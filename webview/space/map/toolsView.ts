import { html, nothing, type TemplateResult } from 'lit';
import { iconButton } from '../../ui/button.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { checkbox } from '../../ui/fields.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import type { Colouring } from './choices.ts';
import { colouringNames } from './mapText.ts';
import { colouringsOf, currentColouring, currentMethod } from './selectors.ts';

/** How it is laid out and coloured, and what can be done with the view. */
export function toolsView(state: SpaceState, flow: Flow): TemplateResult {
  const { map } = flow;
  const { layouts, choices } = state;
  const { shown, lassoing, saving } = state.map;
  return html`<div class="map-tools">
    ${segments({
      testid: 'map-method',
      label: 'Layout',
      value: currentMethod(state)?.id ?? '',
      options: layouts.map(({ id, label, about }) => ({ id, label, about })),
      onChange: (id) => map.chooseMethod(id),
    })}
    ${
      shown
        ? html`${dropdown({
            testid: 'map-colour',
            label: 'Colour',
            value: currentColouring(state, shown.rows),
            options: colouringsOf(shown.rows).map((id) => ({ id, label: colouringNames[id] })),
            onChange: (id) => map.choose({ colour: id as Colouring }),
          })}
          ${checkbox('map-pictures', 'Pictures', choices.map.pictures, (pictures) => map.choose({ pictures }))}
          <div class="map-buttons">
            ${iconButton({ testid: 'map-lasso', label: 'Lasso: draw around pictures (L, or drag with Shift)', icon: 'lasso', pressed: lassoing, onClick: () => map.toggleLasso() })}
            ${iconButton({ testid: 'map-zoom-in', label: 'Zoom in (+)', icon: 'plus', onClick: () => map.surface.zoom(1.5) })}
            ${iconButton({ testid: 'map-zoom-out', label: 'Zoom out (−)', icon: 'minus', onClick: () => map.surface.zoom(1 / 1.5) })}
            ${iconButton({ testid: 'map-fit', label: 'Show all (0)', icon: 'fit', onClick: () => map.surface.fit() })}
            ${iconButton({ testid: 'map-save', label: 'Save picture…', icon: 'save', disabled: saving, onClick: () => void map.save() })}
          </div>`
        : nothing
    }
  </div>`;
}
