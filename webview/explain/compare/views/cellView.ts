import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import { describeError } from '../../../../src/shared/errors.ts';
import { number } from '../../../draw/format.ts';
import type { Size } from '../../../draw/geometry.ts';
import { icon } from '../../../ui/icons.ts';
import { paintedInView } from '../../../ui/paintedInView.ts';
import { vars } from '../../../ui/vars.ts';
import { lookOf } from '../../look.ts';
import type { PageState } from '../../state.ts';
import { type Cell, nameOf } from '../cells.ts';
import type { CompareActions } from '../compareActions.ts';
import { type Content, toAllow } from '../content.ts';
import { costOf } from '../cost.ts';
import { coversOf, type GridModel, pictureOf, pictureSize } from '../gridModel.ts';
import { paintCell } from '../paintCell.ts';
import { peakOf, rangeText, valueAt } from '../read.ts';

export interface CellPlace {
  box: Size;
  /** Says its title itself: no column does. */
  titled: boolean;
  current: boolean;
  /** `12/174` */
  place: string;
}

/** One small map: its picture, its range or the value under the pointer, what there is to say instead. */
export function cellView(state: PageState, model: GridModel, cell: Cell, where: CellPlace, compare: CompareActions): TemplateResult {
  const content = model.contents.get(cell.key) ?? { state: 'waiting', note: undefined, map: undefined };
  const { focus } = state.compare;
  const first = focus === undefined || !model.contents.has(focus) ? model.comparison.cells[0]?.key : focus;
  const onFocus = (event: FocusEvent) => {
    compare.focus(cell.key);
    // By keyboard there is no pointer: the place is where this map is strongest.
    const byKey = (event.target as Element).matches(':focus-visible');
    if (byKey && content.map && !state.compare.probe) compare.probe(peakOf(state, cell, content.map));
  };
  return html`<div
    class=${classMap({ cell: true, current: where.current })}
    role="gridcell"
    tabindex=${cell.key === first ? 0 : -1}
    aria-label=${guard([cell, content], () => spoken(state, cell, content))}
    aria-current=${where.current ? 'true' : nothing}
    title=${guard([cell, content], () => tooltip(state, cell, content))}
    data-testid="cell"
    data-key=${cell.key}
    data-state=${content.state}
    data-method=${cell.ref.method.id}
    data-variant=${cell.ref.variant}
    data-layer=${cell.request?.layer ?? 'input'}
    data-class=${cell.request?.class ?? ''}
    data-side=${cell.side}
    @click=${() => activate(cell, content, compare)}
    @focus=${onFocus}
  >
    ${cellPicture(state, model, cell, content, where.box, compare)}
    ${where.titled ? html`<span class="cell-title">${where.place === '' ? nothing : html`<span class="small">${where.place}</span>`}<span class="cell-name">${leftToRight(cell.title)}</span></span>` : nothing}
    <span class="cell-value" data-testid="cell-value">${valueText(state, cell, content)}</span>
  </div>`;
}

/** Cut at its beginning by a box that runs right to left, the name itself must not turn round (Unicode isolates). */
function leftToRight(name: string): string {
  return `\u2066${name}\u2069`;
}

/** What a click or Enter does. */
export function activate(cell: Cell, content: Content, compare: CompareActions): void {
  if (content.state === 'idle') compare.allow(toAllow(cell));
  else compare.open(cell);
}

export function cellPicture(
  state: PageState,
  model: GridModel,
  cell: Cell,
  content: Content,
  box: Size,
  compare: CompareActions,
): TemplateResult {
  const { element, size: natural } = pictureOf(state, cell.side);
  const size = pictureSize(state, cell.side, box);
  const map = content.state === 'flat' ? undefined : content.map;
  const scale = model.scales.get(cell.key);
  const covers = coversOf(state, cell.side);
  const bare = state.choices.compare?.bare === true && content.state !== 'flat';
  const look = map && lookOf(state, map);
  const pixels = { width: size.width * devicePixelRatio, height: size.height * devicePixelRatio };
  const inputs = [element, map, scale?.low, scale?.high, scale?.colorMap, look?.smooth, look?.opacity, covers, bare];
  const at = state.compare.probe;
  return html`<span class="cell-box">
    <span
      class=${classMap({ 'cell-picture': true, [content.state]: true })}
      ${vars({ width: `${size.width}px`, height: `${size.height}px` })}
      @pointermove=${(event: PointerEvent) => compare.probe(placeUnder(event))}
      @pointerleave=${() => compare.probe(undefined)}
    >
      <canvas
        class="cell-canvas"
        aria-hidden="true"
        data-cell=${cell.key}
        ${paintedInView(pixels, inputs, (context) => paintCell(context, state, { picture: element, size: natural, covers, map, scale, bare }))}
      ></canvas>
      ${said(state, cell, content)}
      ${at && content.map ? html`<span class="dot" aria-hidden="true" ${vars({ left: `${at.u * 100}%`, top: `${at.v * 100}%` })}></span>` : nothing}
    </span>
  </span>`;
}

function placeUnder(event: PointerEvent): { u: number; v: number } {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const share = (value: number) => Math.min(0.999, Math.max(0, value));
  return { u: share((event.clientX - box.left) / box.width), v: share((event.clientY - box.top) / box.height) };
}

/** Over the picture: why there is no map, or not yet. */
function said(state: PageState, cell: Cell, content: Content): TemplateResult | typeof nothing {
  switch (content.state) {
    case 'waiting':
      return html`<span class="cell-skeleton skeleton"></span>`;
    case 'running':
      return html`<span class="cell-progress" role="progressbar" aria-label="Progress" aria-valuenow=${Math.floor(content.done * 100)} aria-valuemin="0" aria-valuemax="100"
        ><span ${vars({ '--done': String(content.done) })}></span></span>`;
    case 'failed':
      return html`<span class="cell-said" data-testid="cell-error">${icon(content.error.code === 'method' ? 'info' : 'error')}<span>${content.error.message}</span></span>`;
    case 'flat':
      return html`<span class="cell-said" data-testid="cell-flat">${icon('minus')}<span>flat</span></span>`;
    case 'stopped':
      return html`<span class="cell-said">${icon('minus')}<span>stopped</span></span>`;
    case 'idle':
      return html`<span class="cell-said" data-testid="cell-idle">${icon('play')}<span>run: ${costOf(state, cell.ref.method, cell.request?.layer)}</span></span>`;
    default:
      return nothing;
  }
}

function valueText(state: PageState, cell: Cell, content: Content): string {
  const { map } = content;
  if (content.state === 'running' && !state.compare.probe) return `${Math.floor(content.done * 100)} %`;
  if (!map) return '';
  const { probe } = state.compare;
  if (probe) {
    const value = valueAt(state, cell, map, probe);
    return value === undefined ? 'not seen' : number(value);
  }
  const note = content.note === undefined ? '' : ` ${content.note}`;
  return content.state === 'flat' ? 'flat' : `${rangeText(map)}${note}`;
}

function tooltip(state: PageState, cell: Cell, content: Content): string {
  const { map } = content;
  const title = `${nameOf(cell.ref)} · ${cell.request?.layer ?? cell.title}`;
  if (content.state === 'failed') return `${title}\n${describeError(content.error)}`;
  if (content.state === 'idle') return `${title}\nSlow: ${costOf(state, cell.ref.method, cell.request?.layer)}. Click to run.`;
  if (!map) return title;
  return `${title}\n${map.target}\n${map.flat ?? `${number(map.min)} … ${number(map.max)}, ${map.unit}`}`;
}

/** For screen readers: method, layer, target, range. */
function spoken(state: PageState, cell: Cell, content: Content): string {
  const of = cell.side === 'own' ? '' : `, ${cell.title}`;
  const name = `${nameOf(cell.ref)}, ${cell.request?.layer ? `layer ${cell.request.layer}` : 'input'}${of}`;
  const { map } = content;
  if (content.state === 'failed') return `${name}: ${describeError(content.error)}`;
  if (content.state === 'idle') return `${name}: slow, not run. ${costOf(state, cell.ref.method, cell.request?.layer)}. Enter runs it.`;
  if (!map) return `${name}: ${content.state}`;
  const note = content.note === undefined ? '' : `, ${content.note}`;
  return `${name}, ${map.target}${note}: ${map.flat ?? `values from ${number(map.min)} to ${number(map.max)}`}`;
}
