import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { percent } from '../../draw/format.ts';
import { paintRgb } from '../../draw/rgb.ts';
import { moveFocus } from '../../ui/focus.ts';
import { painted } from '../../ui/painted.ts';
import type { UnitsState } from '../state.ts';
import { seedOf, shotOf, shownClimb } from './selectors.ts';
import type { Climb } from './state.ts';
import type { Visualiser } from './visualiser.ts';

/** All climbs of this session side by side, newest first, to compare and to come back to. */
export function thumbnails(state: UnitsState, visualise: Visualiser): TemplateResult | typeof nothing {
  const { climbs } = state.visualise;
  if (climbs.length < 2) return nothing;
  const shown = shownClimb(state);
  const onKey = (event: KeyboardEvent) => {
    const all = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('button')];
    if (moveFocus(event, all)) event.preventDefault();
  };
  return html`<section class="visualise-session" aria-label="Of this session">
    <h2 class="card-title">This session</h2>
    <div class="visualise-thumbs" role="group" aria-label="Pictures of this session" data-testid="visualise-thumbs" @keydown=${onKey}>
      ${repeat(
        climbs.toReversed(),
        ({ id }) => id,
        (climb) => thumbnail(state, climb, climb === shown, visualise),
      )}
    </div>
  </section>`;
}

function thumbnail(state: UnitsState, climb: Climb, isShown: boolean, visualise: Visualiser): TemplateResult {
  const shot = shotOf(climb, undefined);
  const note = noteOf(climb);
  const seed = seedText(state, climb);
  return html`<button
    class="visualise-thumb ${isShown ? 'shown' : ''}"
    aria-pressed=${isShown}
    tabindex=${isShown ? 0 : -1}
    data-testid="visualise-thumb"
    data-climb=${climb.state}
    title=${[climb.name, methodLabel(state, climb), seed, note].filter((part) => part !== '').join(' · ')}
    @click=${() => visualise.show(climb.id)}
  >
    <span class="visualise-thumb-picture">
      ${
        shot
          ? html`<canvas aria-hidden="true" ${painted(shot.pixels, [shot.pixels], (context) => paintRgb(context, shot.pixels))}></canvas>`
          : nothing
      }
    </span>
    <span class="visualise-thumb-name">${climb.name}</span>
    <span class="small visualise-thumb-name">${seed}</span>
    <span class="small visualise-thumb-name">${note}</span>
  </button>`;
}

function noteOf({ state, result, step, steps }: Climb): string {
  if (state === 'done') return result?.probability === undefined ? '' : percent(result.probability);
  if (state === 'failed') return 'failed';
  const share = steps === 0 ? 0 : Math.floor((100 * step) / steps);
  return state === 'running' ? `${share} %` : `stopped, ${share} %`;
}

function methodLabel({ visualisers }: UnitsState, { request }: Climb): string {
  return visualisers.find(({ id }) => id === request.method)?.label ?? request.method;
}

function seedText({ visualisers }: UnitsState, { request, result }: Climb): string {
  const method = visualisers.find(({ id }) => id === request.method);
  const seed = result?.params.seed ?? request.params?.seed ?? (method && seedOf(method)?.default);
  return seed === undefined ? '' : `seed ${seed}`;
}
