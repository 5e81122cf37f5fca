import { html, type TemplateResult } from 'lit';
import { colorMapFor, colorMapsFor } from '../../draw/palette.ts';
import type { Range } from '../../draw/scale.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { checkbox, range } from '../../ui/fields.ts';
import type { Actions } from '../actions.ts';
import { lookOf, rangeOf } from '../look.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

const ranges: readonly { id: Range; label: string; about: string }[] = [
  { id: 'full', label: 'all values', about: 'colours reach from the smallest to the largest value' },
  { id: 'robust', label: '99 % of values', about: 'the most extreme 1 % of the cells take the end colour' },
];

/** Opacity, colour map, range, interpolation: page state only. */
export function lookControls(state: PageState, actions: Actions): TemplateResult {
  const { map } = shown(state);
  const look = map && lookOf(state, map);
  const opacity = state.choices.opacity ?? look?.opacity ?? 0.55;
  const diverging = look?.scale.kind === 'diverging';
  return html`<section class="card look" aria-label="Appearance" data-testid="look">
    <h2 class="card-title">Overlay</h2>
    ${range({
      testid: 'opacity',
      label: 'Opacity',
      min: 0,
      max: 1,
      step: 0.05,
      value: opacity,
      text: `${Math.round(opacity * 100)} %`,
      onInput: (value) => actions.look({ opacity: value }),
    })}
    <div class="pair">
      ${dropdown({
        testid: 'color-map',
        label: 'Colours',
        value: look?.colorMap ?? colorMapFor({ kind: 'sequential' }, state.choices),
        options: colorMapsFor(look?.scale ?? { kind: 'sequential' }),
        disabled: !look,
        onChange: (id) => actions.look(diverging ? { divergingMap: id } : { colorMap: id }),
      })}
      ${dropdown({
        testid: 'range',
        label: 'Range',
        value: map ? rangeOf(state, map) : (state.choices.range ?? 'full'),
        options: ranges,
        disabled: !look,
        onChange: (id) => actions.look({ range: id === 'robust' ? 'robust' : 'full' }),
      })}
    </div>
    ${checkbox('smooth', 'Interpolate between cells', look?.smooth ?? state.choices.smooth ?? true, (smooth) => actions.look({ smooth }))}
  </section>`;
}
