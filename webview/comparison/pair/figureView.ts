import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorCode, ErrorRecord } from '../../../src/shared/errors.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { type ErrorActions, errorView } from '../../page/errorView.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { ComparisonState, Place } from '../state.ts';
import { type MapPicture, paintOver } from './paintPair.ts';
import { cellOf, farthest, placeAfter } from './place.ts';

/** Pixels of a drawing: sharp at twice the size it is seen at. */
export const drawnSide = 640;

export interface FigureOptions extends MapPicture {
  testid: string;
  /** What it is, for its caption: `epoch_01`. */
  title: string;
  /** Beside the title. */
  note: string | TemplateResult;
  /** For who does not see it. */
  about: string;
  error: ErrorRecord | undefined;
  /** Below the picture. */
  tools?: TemplateResult | typeof nothing;
  /** Somebody drags over the picture: how far from its left edge, 0..1. */
  drag?: (share: number) => void;
  /** Over the picture. */
  over?: TemplateResult | typeof nothing;
  /** Other than the picture with its map. */
  paint?: (context: CanvasRenderingContext2D) => void;
  inputs?: readonly unknown[];
}

/** One of the pictures, with the cell that is pointed at; pointing at it points at the same cell of all. */
export function figureView(state: ComparisonState, flow: Flow, options: FigureOptions): TemplateResult {
  const { testid, title, note, about, error, tools = nothing, over = nothing } = options;
  return html`<figure class="pair-figure" data-testid=${testid}>
    <figcaption><strong class="pair-title" title=${title}>${title}</strong> <span class="small pair-note">${note}</span></figcaption>
    ${error ? html`<div class="pair-error">${errorView(error, actionsOn(error, flow))}</div>` : stage(state, flow, options, about, over)}
    ${tools === nothing ? nothing : html`<div class="pair-figure-tools">${tools}</div>`}
  </figure>`;
}

function stage(
  state: ComparisonState,
  flow: Flow,
  options: FigureOptions,
  about: string,
  over: TemplateResult | typeof nothing,
): TemplateResult {
  const { picture, map, scale, bare, cells, paint, inputs } = options;
  const aspect = picture ? picture.height / picture.width : map ? map.height / map.width : 1;
  const size = { width: drawnSide, height: Math.round(drawnSide * aspect) };
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = { u: (event.clientX - box.left) / box.width, v: (event.clientY - box.top) / box.height };
    if (event.buttons === 1) options.drag?.(Math.min(1, Math.max(0, place.u)));
    flow.point(place);
  };
  const onKey = (event: KeyboardEvent) => {
    if (!map) return;
    const place = placeAfter(event.key, state.place, map, farthest(map.values));
    if (!place) return;
    event.preventDefault();
    flow.point(place);
  };
  return html`<div
    class="pair-stage"
    role="img"
    aria-label=${about}
    aria-describedby="readout"
    tabindex="0"
    @pointerdown=${point}
    @pointermove=${point}
    @pointerleave=${() => flow.point(undefined)}
    @keydown=${onKey}
    ${vars({ '--aspect': `${size.width} / ${size.height}` })}
  >
    <canvas
      class=${picture || map ? '' : 'skeleton'}
      data-testid="${options.testid}-canvas"
      ${painted(size, inputs ?? [picture, map, scale?.low, scale?.high, bare, cells], paint ?? ((context) => paintOver(context, options)))}
    ></canvas>
    ${over} ${map && state.place ? mark(map, state.place) : nothing}
  </div>`;
}

/** A frame around the cell that is pointed at. */
function mark(map: ExplanationMap, place: Place): TemplateResult {
  const { row, column } = cellOf(map, place);
  const share = (part: number, of: number) => `${(100 * part) / of}%`;
  return html`<span
    class="pair-mark"
    data-testid="mark"
    ${vars({ '--x': share(column, map.width), '--y': share(row, map.height), '--w': share(1, map.width), '--h': share(1, map.height) })}
  ></span>`;
}

/** What is gone does not come back by asking again, and what does not fit does not fit then. */
const lasting: ReadonlySet<ErrorCode> = new Set(['file-missing', 'shape', 'unsupported', 'method']);

function actionsOn({ code }: ErrorRecord, flow: Flow): ErrorActions {
  return { ...(!lasting.has(code) && { retry: () => flow.retry() }), showLog: () => flow.showLog() };
}
