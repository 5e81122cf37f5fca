import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { ref } from 'lit/directives/ref.js';
import { paintFrame } from '../../draw/frame.ts';
import { fit, leavesOut, type Size } from '../../draw/geometry.ts';
import { paintMap } from '../../draw/mapCanvas.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Actions } from '../actions.ts';
import { lookOf } from '../look.ts';
import { currentFamily, currentMethod, isBare, shown } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { currentRegion, pixelsOf, spanned } from '../targets.ts';
import { observeRoom } from './room.ts';
import { stageEvents } from './stageEvents.ts';
import { stageMessage } from './stageMessage.ts';

/** Largest side of the overlay, device pixels. */
const largest = 2048;

/** Below this the pixels of an image are drawn as squares. */
const tiny = 200;

/** The image with the map over it. Its place is fixed before anything is loaded, so nothing jumps. */
export function stage(state: PageState, actions: Actions): TemplateResult {
  const { picture, room, zoom } = state;
  const method = isBare(state) ? undefined : currentMethod(state);
  const tab = method?.family === currentFamily(state) ? method : undefined;
  const { map, job, stale, refusal } = shown(state);
  const size = picture?.size && scaled(fit(picture.size, room), zoom);
  const on = stageEvents(state, actions);
  return html`<section
    class="stage"
    id="stage"
    role=${method ? 'tabpanel' : 'group'}
    aria-labelledby=${tab ? `tab-${tab.id}` : nothing}
    aria-label=${tab ? nothing : (method?.label ?? 'Picture')}
    data-testid="stage"
    data-method=${map?.method ?? ''}
    data-layer=${map?.layer ?? ''}
    data-class=${map?.class.index ?? ''}
    data-against=${map?.against?.index ?? ''}
    data-map=${refusal ? 'refused' : stale ? 'stale' : map?.flat !== undefined ? 'flat' : (job?.state ?? 'none')}
  >
    <div
      class=${classMap({ viewport: true, zoomed: zoom > 1, marking: state.marking !== undefined })}
      data-testid="viewport"
      tabindex="0"
      role="application"
      aria-roledescription="image with heatmap"
      aria-label=${stageLabel(state)}
      aria-describedby=${state.prediction ? 'probe' : nothing}
      ${ref(observeRoom((now) => actions.resized(now)))}
      @pointerdown=${on.down}
      @pointermove=${on.move}
      @pointerup=${on.up}
      @pointerleave=${on.leave}
      @keydown=${on.key}
      @wheel=${on.wheel}
    >
      ${picture?.url ? frame(state, actions, size) : html`<div class="picture-skeleton skeleton"></div>`}
    </div>
    ${stageMessage(state, actions)}
  </section>`;
}

function stageLabel(state: PageState): string {
  const method = currentMethod(state)?.label ?? 'Map';
  return `${method} over ${state.subject?.imageName ?? 'the image'}. Arrow keys move the probe, Space hides the map while held.`;
}

function scaled(size: Size, zoom: number): Size {
  return { width: size.width * zoom, height: size.height * zoom };
}

function frame(state: PageState, actions: Actions, size: Size | undefined): TemplateResult {
  const { picture } = state;
  const natural = picture?.size;
  const small = natural !== undefined && Math.max(natural.width, natural.height) < tiny;
  return html`<div
    class=${classMap({ frame: true, loaded: size !== undefined })}
    data-testid="frame"
    ${vars({ width: `${size?.width ?? 0}px`, height: `${size?.height ?? 0}px` })}
  >
    <img
      class=${classMap({ picture: true, pixelated: small })}
      data-testid="picture"
      crossorigin="anonymous"
      draggable="false"
      src=${picture?.url ?? ''}
      alt=${state.subject?.imageName ?? ''}
      @load=${(event: Event) => actions.flow.pictureLoaded(event.target as HTMLImageElement)}
      @error=${() => actions.flow.pictureFailed()}
    />
    ${size && natural ? layers(state, size, natural) : nothing}
  </div>`;
}

/** The map (under the chosen opacity), the frame of what the network saw, the probe. */
function layers(state: PageState, size: Size, natural: Size): TemplateResult {
  const { map, stale } = shown(state);
  const covers = state.prediction?.fed.covers;
  const factor = Math.min(devicePixelRatio, largest / Math.max(size.width, size.height));
  const pixels = { width: size.width * factor, height: size.height * factor };
  const look = map && lookOf(state, map);
  const paintOverlay = (context: CanvasRenderingContext2D) => {
    if (map && look && covers && map.flat === undefined) paintMap(context, map, look, covers, natural);
  };
  const opacity = state.peeking ? 0 : (look?.opacity ?? 0) * (stale ? 0.4 : 1);
  return html`<canvas
      class="overlay"
      data-testid="overlay"
      aria-hidden="true"
      ${vars({ opacity: String(opacity) })}
      ${painted(pixels, [map, covers, look?.colorMap, look?.scale, look?.smooth], paintOverlay)}
    ></canvas>
    ${
      covers && leavesOut(covers, natural)
        ? html`<canvas
            class="overlay"
            data-testid="seen-frame"
            aria-hidden="true"
            ${vars({ opacity: state.peeking ? '0' : '1' })}
            ${painted(pixels, [covers], (context) => paintFrame(context, covers, natural))}
          ></canvas>`
        : nothing
    }
    ${regionFrame(state, size, natural)} ${state.probe ? cross(state.probe, size, natural) : nothing}`;
}

/** The part of a dense output that is explained, or the one being drawn. */
function regionFrame(state: PageState, size: Size, natural: Size): TemplateResult | typeof nothing {
  const { prediction, probe, marking } = state;
  const cells = currentRegion(state);
  const drawn = marking && spanned(marking, probe);
  const rect = marking ? drawn : prediction && cells && pixelsOf(prediction, cells);
  if (!rect) return nothing;
  const x = size.width / natural.width;
  const y = size.height / natural.height;
  const box = { left: `${rect.x * x}px`, top: `${rect.y * y}px`, width: `${rect.width * x}px`, height: `${rect.height * y}px` };
  return html`<div class="region-frame" data-testid="region-frame" aria-hidden="true" ${vars(box)}></div>`;
}

function cross(at: { x: number; y: number }, size: Size, natural: Size): TemplateResult {
  const left = `${((at.x + 0.5) / natural.width) * size.width}px`;
  const top = `${((at.y + 0.5) / natural.height) * size.height}px`;
  return html`<div class="cross" aria-hidden="true" ${vars({ left, top })}></div>`;
}
