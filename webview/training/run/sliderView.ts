import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { iconButton } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import { sliderKey } from '../../ui/sliderKey.ts';
import { vars } from '../../ui/vars.ts';
import { axisOf } from '../axis.ts';
import type { Flow } from '../flow.ts';
import { layoutOf } from '../layout.ts';
import { rightText } from '../probes/summaryText.ts';
import { alarmsOf, rightOf } from '../reading.ts';
import { scrubEvents } from '../scrub.ts';
import { current, framesAt, isFollowing, readCheckpoints } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { cursor } from '../views/cursor.ts';
import { type Tick, tickKind, ticks, ticksHeight } from './ticks.ts';

/** The slider over the checkpoints: everything on the page shows the one where it stands. */
export function sliderView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const read = readCheckpoints(state);
  if ((state.subject?.checkpoints.length ?? 0) === 0) return nothing;
  return html`<section class="slider-bar" data-testid="slider-bar" aria-label="Checkpoint">
    ${slider(state, flow)}
    <div class="slider-line">
      ${iconButton({
        ...{
          testid: 'play',
          icon: state.playing ? 'pause' : 'play',
          label: state.playing ? 'Stop' : 'Play the checkpoints',
          disabled: read.length < 2,
        },
        onClick: () => (state.playing ? flow.player.stop() : play(flow)),
      })}
      <p class="slider-words" data-testid="slider-words">${words(state)}</p>
      ${follow(state, flow)}
    </div>
  </section>`;
}

function play(flow: Flow): void {
  flow.hold();
  flow.player.start();
}

function words(state: PageState): TemplateResult {
  const now = current(state);
  const frames = framesAt(state, now);
  if (!now || !frames) return html`<span class="small">nothing read yet</span>`;
  return html`<strong class="slider-name" title=${now.path}>${now.name}</strong>${now.gone ? html` <span class="small">gone</span>` : nothing}
    ${rightOf(frames).of > 0 ? html`<span class="small">${rightText(frames)}</span>` : nothing}`;
}

function follow(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const newest = readCheckpoints(state).at(-1);
  if (!newest) return nothing;
  if (isFollowing(state))
    return html`<span class="following small" data-testid="following" title="New checkpoints are shown as they are read">${icon('newest')}newest</span>`;
  return html`<button class="link small" data-testid="go-newest" title="Show ${newest.name}, and each newer one as it is read" @click=${() => flow.lookAt(newest.id)}>
    Follow newest
  </button>`;
}

function slider(state: PageState, flow: Flow): TemplateResult {
  const checkpoints = state.subject?.checkpoints ?? [];
  const read = readCheckpoints(state);
  const now = current(state);
  const axis = axisOf(checkpoints);
  const at = read.findIndex(({ id }) => id === now?.id);
  const frames = framesAt(state, now);
  const inset = layoutOf(state.width, checkpoints.length).frame / 2;
  const width = Math.max(1, state.width - 2 * inset);
  const { down, move, up } = scrubEvents(flow, inset);
  const alarms = alarmsOf(state);
  const isAlarmed = now !== undefined && (alarms.get(now.id)?.length ?? 0) > 0;
  const text =
    now && frames
      ? [now.name, rightText(frames), ...(now.gone ? ['files gone'] : []), ...(isAlarmed ? ['alarm'] : [])].join(', ')
      : 'nothing read yet';
  const tickOf = (i: number): Tick => {
    const checkpoint = checkpoints[i]!;
    const of = framesAt(state, checkpoint);
    const { right, of: judged } = of ? rightOf(of) : { right: 1, of: 1 };
    return {
      ...{ kind: tickKind(checkpoint, of !== undefined), right: judged > 0 ? right / judged : 1 },
      ...{ pinned: checkpoint.pinned, alarm: (alarms.get(checkpoint.id)?.length ?? 0) > 0 },
    };
  };
  return html`<div
    class="slider"
    role="slider"
    tabindex="0"
    data-testid="slider"
    aria-label="Checkpoint"
    aria-orientation="horizontal"
    aria-valuemin="1"
    aria-valuemax=${Math.max(1, read.length)}
    aria-valuenow=${at + 1}
    aria-valuetext=${text}
    aria-disabled=${read.length === 0}
    title="Bars: share of the probes that are right at each checkpoint"
    @pointerdown=${down}
    @pointermove=${move}
    @pointerup=${up}
    @pointercancel=${up}
    @keydown=${(event: KeyboardEvent) => onKey(event, flow)}
  >
    ${guard([state.subject?.checkpoints, state.frames, axis.x, width], () => {
      const all = checkpoints.map((_, i) => tickOf(i));
      return html`<svg class="ticks" viewBox="0 0 ${width} ${ticksHeight}" width=${width} height=${ticksHeight} aria-hidden="true" ${vars({ left: `${inset}px` })}>
        <path class="tick-base" d="M0 24.5H${width}" />
        ${ticks(axis, all, width)}
      </svg>`;
    })}
    ${now ? cursor(axis.place(checkpoints.indexOf(now)), 'thumb') : nothing}
  </div>`;
}

function onKey(event: KeyboardEvent, flow: Flow): void {
  const read = readCheckpoints(flow.state);
  const at = read.findIndex(({ id }) => id === current(flow.state)?.id);
  const to = read[sliderKey(event.key, at, read.length) ?? -1];
  if (!to) return;
  event.preventDefault();
  flow.player.stop();
  flow.lookAt(to.id);
}
