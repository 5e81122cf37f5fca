import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import type { Probe } from '../../../src/shared/trainingProtocol.ts';
import { fit } from '../../draw/geometry.ts';
import { icon } from '../../ui/icons.ts';
import { paintedInView } from '../../ui/paintedInView.ts';
import { vars } from '../../ui/vars.ts';
import { type Axis, axisOf } from '../axis.ts';
import type { Flow } from '../flow.ts';
import type { Layout } from '../layout.ts';
import { opacityOf } from '../look.ts';
import { pairOf, rowOf } from '../reading.ts';
import { scrubEvents } from '../scrub.ts';
import { readCheckpoints } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { cursor } from '../views/cursor.ts';
import { closeUpView } from './closeUpView.ts';
import { closeCloseUp } from './goTo.ts';
import { measuresView } from './measuresView.ts';
import { coarseMap, paintFrame, paintProbe } from './paintProbe.ts';
import { rowMenu } from './rowMenu.ts';
import { frameHeight, paintStrip, placeOfFrame, scalesOf } from './strip.ts';
import { pointsOf, trace } from './trace.ts';
import { errorOf, verdictView } from './verdictView.ts';

/** One probe: the map at the slider's checkpoint over the picture, what was said of it, and all of that over the run. */
export function rowView(state: PageState, flow: Flow, probe: Probe, layout: Layout): TemplateResult {
  const pair = pairOf(state);
  const axis = axisOf(state.subject?.checkpoints ?? []);
  const { path: image, name } = probe;
  const { choices, frames } = state;
  const isOpen = choices.probe === image;
  const look = [choices.opacity, choices.colorMap, choices.divergingMap, choices.smooth, choices.ownScales];
  const read = readCheckpoints(state).length;
  const room = [layout.row, layout.picture, layout.frame];
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || flow.state.choices.probe !== image) return;
    event.stopPropagation();
    closeCloseUp(flow, image);
  };
  return html`<li class=${classMap({ probe: true, open: isOpen })} data-testid="probe" data-image=${image} @keydown=${closeOnEscape}>
    ${guard(
      [
        pair?.now,
        pair?.checkpoint.gone,
        pair?.was,
        frames,
        read,
        axis.x,
        axis.checkpoints.length,
        ...look,
        ...room,
        state.pictures.get(image),
        state.menu === image,
        isOpen,
        probe.name,
        probe.pinned,
        pinnedIds(state),
      ],
      () => [
        head(state, flow, probe, layout, isOpen),
        track(state, flow, image, name, axis, layout),
        hasRoom(layout) ? nothing : measures(state, image),
      ],
    )}
    ${isOpen ? closeUpView(state, flow, image, layout) : nothing}
  </li>`;
}

/** The measures stand beside the picture, else below the maps. */
function hasRoom({ row }: Layout): boolean {
  return row >= 420;
}

function measures(state: PageState, image: string): TemplateResult | typeof nothing {
  const pair = pairOf(state);
  return pair && !errorOf(pair.now, rowOf(pair.now, image)) ? measuresView(pair.now, pair.was, image) : nothing;
}

const pinned = new WeakMap<object, string>();

function pinnedIds({ subject }: PageState): string {
  const checkpoints = subject?.checkpoints ?? [];
  const known = pinned.get(checkpoints) ?? checkpoints.flatMap(({ id, pinned, gone }) => (pinned ? [id, gone] : [])).join('\n');
  pinned.set(checkpoints, known);
  return known;
}

function head(state: PageState, flow: Flow, probe: Probe, layout: Layout, isOpen: boolean): TemplateResult {
  const pair = pairOf(state);
  const { path: image, name, pinned } = probe;
  return html`<div class="probe-head">
    ${pictureView(state, flow, probe, layout, isOpen)}
    <div class="probe-words">
      <div class="probe-title">
        ${pinned ? html`<span class="probe-pin" title="Pinned">${icon('pinned')}<span class="visually-hidden">pinned</span></span>` : nothing}
        <h3 class="probe-name" title=${image}>${name}</h3>
        ${rowMenu({ probe, open: state.menu === image, checkpoint: pair?.checkpoint, others: othersOf(state) }, flow)}
      </div>
      ${pair ? verdictView(pair.now, pair.was, image) : html`<span class="skeleton line short"></span>`}
      ${hasRoom(layout) ? measures(state, image) : nothing}
    </div>
  </div>`;
}

/** The checkpoint before, and those that a person has pinned. */
function othersOf(state: PageState) {
  const pair = pairOf(state);
  const pinned = readCheckpoints(state).filter(({ pinned, id }) => pinned && id !== pair?.checkpoint.id && id !== pair?.earlier?.id);
  return [
    ...(pair?.earlier ? [{ checkpoint: pair.earlier, about: pair.earlier.pinned ? 'the one before, pinned' : 'the one before' }] : []),
    ...pinned.map((checkpoint) => ({ checkpoint, about: 'pinned' })),
  ];
}

function pictureView(state: PageState, flow: Flow, { path: image, name }: Probe, layout: Layout, isOpen: boolean): TemplateResult {
  const pair = pairOf(state);
  const picture = state.pictures.get(image);
  if (!pair || !picture)
    return html`<span class="skeleton probe-picture" ${vars({ width: `${layout.picture}px`, height: `${layout.picture}px` })}></span>`;
  const { now, checkpoint } = pair;
  const size = fit(picture, { width: layout.picture, height: layout.picture });
  const scale = scalesOf(state, image).of(checkpoint.id);
  const { choices } = state;
  const opacity = opacityOf(choices);
  const inputs = [now, image, scale.low, scale.high, choices.colorMap, choices.divergingMap, choices.smooth, opacity, picture];
  const paint = (pen: CanvasRenderingContext2D) => paintProbe(pen, picture, coarseMap(now, rowOf(now, image), scale, choices), opacity);
  return html`<button
    class="probe-picture"
    data-testid="probe-picture"
    aria-label="Look closely at ${name}"
    aria-expanded=${isOpen}
    title="Look closely"
    @click=${() => flow.choose({ probe: isOpen ? undefined : image })}
  >
    <canvas data-testid="probe-canvas" ${vars({ width: `${size.width}px`, height: `${size.height}px` })} ${paintedInView(scaled(size), inputs, paint)}></canvas>
  </button>`;
}

function scaled({ width, height }: { width: number; height: number }) {
  return { width: width * devicePixelRatio, height: height * devicePixelRatio };
}

/** Probabilities and maps over the run, with a line where the slider stands. */
function track(state: PageState, flow: Flow, image: string, name: string, axis: Axis, layout: Layout): TemplateResult {
  const pair = pairOf(state);
  const { down, move, up } = scrubEvents(flow, layout.frame / 2);
  const { locked, of } = scalesOf(state, image);
  const { choices, frames } = state;
  const look = [choices.colorMap, choices.divergingMap, choices.smooth, choices.ownScales];
  const tall = frameHeight(state, layout);
  const strip = { width: layout.row, height: tall };
  const options = { state, axis, layout, image, scaleOf: of, look: choices };
  const now = pair?.now;
  const row = now ? rowOf(now, image) : -1;
  const failed = now && errorOf(now, row);
  const scale = pair && of(pair.checkpoint.id);
  const at = axis.checkpoints.findIndex(({ id }) => id === pair?.checkpoint.id);
  const place = placeOfFrame(axis, layout, at);
  const paintNow = (pen: CanvasRenderingContext2D) => {
    const whole = { x: 0, y: 0, width: pen.canvas.width, height: pen.canvas.height };
    if (now && scale) paintFrame(pen, coarseMap(now, row, scale, choices), whole);
  };
  return html`<div class="probe-track" data-testid="probe-track" title="Click or drag: the slider goes along" @pointerdown=${down} @pointermove=${move} @pointerup=${up} @pointercancel=${up}>
    <div class="trace-room">${guard([frames, axis.x, axis.checkpoints.length, now?.scored, name], () => (now?.scored === false ? nothing : trace(pointsOf(state, axis, image), name, axis)))}</div>
    <div class="strip" ${vars({ height: `${tall}px` })}>
      <canvas
        data-testid="strip"
        data-cell=${image}
        role="img"
        aria-label="Maps of ${name} over the checkpoints"
        ${vars({ width: `${layout.row}px`, height: `${tall}px` })}
        ${paintedInView(scaled(strip), [frames, axis.x, axis.checkpoints.length, locked.low, locked.high, layout.frame, ...look], (pen) => paintStrip(pen, options))}
      ></canvas>
      ${
        pair
          ? html`<canvas
              class="strip-now"
              data-testid="strip-now"
              aria-hidden="true"
              ${vars({ width: `${layout.frame}px`, height: `${tall}px`, '--place': String(place) })}
              ${paintedInView(scaled({ width: layout.frame, height: tall }), [now, row, failed, scale?.low, scale?.high, ...look], paintNow)}
            ></canvas>`
          : nothing
      }
    </div>
    ${now?.scored ? cursor(axis.place(at)) : nothing}
  </div>`;
}
