import { html, nothing, type TemplateResult } from 'lit';
import { number, secondsLeft } from '../../draw/format.ts';
import { paintRgb } from '../../draw/rgb.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { range, spinner } from '../../ui/fields.ts';
import { icon } from '../../ui/icons.ts';
import { painted } from '../../ui/painted.ts';
import { segments } from '../../ui/segments.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import type { Backdrop } from './choices.ts';
import { objectiveChart } from './objectiveChart.ts';
import { resultView } from './resultView.ts';
import { type Shot, scalarOf, shotCount, shotOf, shownClimb } from './selectors.ts';
import type { Climb } from './state.ts';
import type { Visualiser } from './visualiser.ts';

/** The picture as large as there is room, how far it is, and what the network says of it in the end. */
export function climbView(state: UnitsState, flow: Flow): TemplateResult {
  const { visualise } = flow;
  const climb = shownClimb(state);
  if (!climb) return html`<div class="visualise-stage">${nothingClimbed()}</div>`;
  const shot = shotOf(climb, state.visualise.frame);
  return html`<div class="visualise-stage" data-testid="visualise-stage">${shot ? picture(state, climb, shot) : waiting(climb)}</div>
    <div class="visualise-under">
      <div class="visualise-way">
      ${progress(climb, flow)}
      ${
        climb.trace.length > 1 || climb.result
          ? objectiveChart({ climb, scalar: state.units ? scalarOf(state.units, climb.request.objective) : '', at: shot?.step })
          : nothing
      }
      ${scrubber(state, climb, visualise)} ${backdropChoice(state, climb, visualise)}
      </div>
      ${resultView(state, climb, visualise)}
    </div>`;
}

function nothingClimbed(): TemplateResult {
  return html`<p class="small visualise-empty" data-testid="visualise-empty">
    Choose a class or a unit and press Start: a picture is made that excites it more and more.
  </p>`;
}

function waiting({ state, name }: Climb): TemplateResult {
  if (state !== 'running') return html`<p class="small visualise-empty">There is no picture of ${name}.</p>`;
  return html`<p class="visualise-empty" data-testid="visualise-waiting">${spinner()}<span>Preparing to climb ${name}…</span></p>`;
}

function picture({ choices }: UnitsState, climb: Climb, { pixels, alpha, step }: Shot): TemplateResult {
  const { backdrop } = choices.visualise;
  const seenThrough = backdrop === 'opaque' ? undefined : alpha;
  return html`<canvas
    class="visualise-picture ${seenThrough ? backdrop : ''}"
    role="img"
    aria-label="${climb.name} at step ${step}"
    data-testid="visualise-picture"
    ${vars({ '--aspect': String(pixels.width / pixels.height) })}
    ${painted(pixels, [pixels, seenThrough], (context) => paintRgb(context, pixels, seenThrough))}
  ></canvas>`;
}

/** Room for a line is kept, so that the picture stays where it is. */
function progress(climb: Climb, flow: Flow): TemplateResult {
  const { state, step, steps, error } = climb;
  if (state === 'failed' && error) {
    const again = error.code === 'method' ? {} : { retry: () => flow.visualise.start(climb.request.objective) };
    return errorView(error, { ...again, showLog: () => void flow.ask(() => flow.client.call('showLog', {})) });
  }
  return html`<div class="visualise-progress" data-testid="visualise-progress" role=${state === 'running' ? nothing : 'status'}>${line()}</div>`;

  function line(): TemplateResult {
    if (state === 'running') return running(climb, flow.visualise);
    const at = steps === 0 ? 'before its first step' : `at step ${step} of ${steps}`;
    if (state === 'stopped') return html`${icon('info')}<span>Stopped ${at}.</span>`;
    return html`${icon('check')}<span>${steps === 0 ? 'Done.' : `${steps} steps done.`}</span>`;
  }
}

function running({ step, steps, trace, secondsLeft: left }: Climb, visualise: Visualiser): TemplateResult {
  const value = trace.at(-1)?.value;
  const parts = [
    steps === 0 ? 'Starting' : `step ${step} of ${steps}`,
    ...(value === undefined ? [] : [`objective ${number(value)}`]),
    ...(left === undefined ? [] : [secondsLeft(left)]),
  ];
  return html`<div
      class="progress-bar"
      role="progressbar"
      aria-label="Steps climbed"
      aria-valuemin="0"
      aria-valuemax=${steps}
      aria-valuenow=${step}
    >
      <span ${vars({ '--done': String(steps === 0 ? 0 : step / steps) })}></span>
    </div>
    <span class="progress-text" data-testid="visualise-step">${parts.join(' · ')}</span>
    ${button({ testid: 'visualise-cancel', label: 'Cancel', onClick: () => visualise.cancel() })}`;
}

/** Goes through the pictures on the way. */
function scrubber({ visualise: { frame } }: UnitsState, climb: Climb, visualise: Visualiser): TemplateResult | typeof nothing {
  const last = shotCount(climb) - 1;
  const shot = shotOf(climb, frame);
  if (last < 1 || !shot) return nothing;
  return range({
    testid: 'visualise-frame',
    label: 'Picture on the way',
    min: 0,
    max: last,
    step: 1,
    value: Math.min(frame ?? last, last),
    text: `step ${shot.step}: ${number(shot.value)}`,
    // At the end it follows what comes.
    onInput: (at) => visualise.showFrame(at >= last ? undefined : at),
  });
}

const backdrops: readonly { id: Backdrop; label: string; about: string }[] = [
  { id: 'checker', label: 'Chequered', about: 'seen through where the climb changed little: over a chequerboard' },
  { id: 'paper', label: 'Editor', about: 'seen through where the climb changed little: over the editor’s background' },
  { id: 'opaque', label: 'Opaque', about: 'all of the picture, as the network gets it' },
];

function backdropChoice({ choices }: UnitsState, { result }: Climb, visualise: Visualiser): TemplateResult | typeof nothing {
  if (!result?.alpha) return nothing;
  return html`<div class="visualise-backdrop">
    <span class="small">Where nothing matters</span>
    ${segments({
      testid: 'visualise-backdrop',
      label: 'What is seen where nothing matters',
      value: choices.visualise.backdrop,
      options: backdrops,
      onChange: (backdrop) => visualise.choose({ backdrop }),
    })}
  </div>`;
}
