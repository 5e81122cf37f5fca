import { html, nothing, type TemplateResult } from 'lit';
import type { Objective } from '../../../src/shared/unitsProtocol.ts';
import { number, secondsLeft } from '../../draw/format.ts';
import { paintRgb } from '../../draw/rgb.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { climbTowards, currentVisualiser, requestFor, shotOf } from './selectors.ts';
import type { Climb } from './state.ts';

/** A unit's picture in small, for a page about the unit: starts when asked, shows what comes, opens large. */
export function unitVisualisation(state: UnitsState, flow: Flow, objective: Objective & { kind: 'unit' }): TemplateResult {
  const climb = climbTowards(state, objective);
  const shot = climb && shotOf(climb, undefined);
  return html`<div class="unit-visualisation" data-testid="unit-visualisation" data-climb=${climb?.state ?? 'none'}>
    ${
      shot
        ? html`<canvas
            class="unit-visualisation-picture"
            role="img"
            aria-label="What excites unit ${objective.unit} most"
            ${vars({ '--aspect': String(shot.pixels.width / shot.pixels.height) })}
            ${painted(shot.pixels, [shot.pixels], (context) => paintRgb(context, shot.pixels))}
          ></canvas>`
        : nothing
    }
    ${climb?.state === 'failed' && climb.error ? errorView(climb.error, {}) : html`<p class="small">${told(state, climb)}</p>`}
    <div class="buttons">${tools(state, flow, objective, climb)}</div>
  </div>`;
}

function told(state: UnitsState, climb: Climb | undefined): string {
  const label = currentVisualiser(state)?.label;
  if (!climb)
    return label === undefined ? 'No method can climb this model.' : `A picture that excites it, by ${label}: takes seconds to minutes.`;
  const { step, steps, trace, secondsLeft: left, result } = climb;
  if (result) return `${result.target}: ${number(result.value)}`;
  const at = steps === 0 ? 'Starting' : `step ${step} of ${steps}`;
  if (climb.state === 'stopped') return steps === 0 ? 'Stopped before its first step.' : `Stopped at ${at}.`;
  const value = trace.at(-1)?.value;
  return [at, ...(value === undefined ? [] : [number(value)]), ...(left === undefined ? [] : [secondsLeft(left)])].join(' · ');
}

function tools(state: UnitsState, flow: Flow, objective: Objective & { kind: 'unit' }, climb: Climb | undefined) {
  const { visualise } = flow;
  if (climb?.state === 'running') return button({ testid: 'unit-visualise-cancel', label: 'Cancel', onClick: () => visualise.cancel() });
  const openLarge = () => {
    visualise.openLarge(objective);
    flow.closeUnit();
    flow.chooseView('visualise');
  };
  return html`${
    climb?.state === 'done'
      ? nothing
      : button({
          testid: 'unit-visualise-start',
          label: 'Visualise',
          icon: 'play',
          disabled: requestFor(state, objective) === undefined,
          onClick: () => visualise.start(objective),
        })
  }
  ${button({ testid: 'unit-visualise-open', label: climb ? 'Open large' : 'Settings…', onClick: openLarge })}`;
}
