import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { describeError } from '../../../src/shared/errors.ts';
import { number, percent } from '../../draw/format.ts';
import { fit } from '../../draw/geometry.ts';
import { colorMapFor, colorMapsFor } from '../../draw/palette.ts';
import { paintRamp } from '../../draw/ramp.ts';
import type { Scale } from '../../draw/scale.ts';
import { button, iconButton } from '../../ui/button.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { range } from '../../ui/fields.ts';
import { icon } from '../../ui/icons.ts';
import { neighbour } from '../../ui/neighbour.ts';
import { painted } from '../../ui/painted.ts';
import { paintedInView } from '../../ui/paintedInView.ts';
import { segments } from '../../ui/segments.ts';
import { select } from '../../ui/select.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { classesView } from './classesView.ts';
import { mostImages } from './contactSheet.ts';
import { paintTile } from './paintTile.ts';
import { sentenceOf } from './rowText.ts';
import type { SheetTarget } from './sheetChoices.ts';
import { type SharedEnds, sharedEnds, tileLook } from './sheetLook.ts';
import { sheetMethod, sheetMethods, sheetTarget } from './sheetModel.ts';
import type { Sheet, SheetImage, Tile } from './sheetState.ts';
import { scaleText } from './sheetText.ts';

/** Longer side of a picture, CSS pixels. */
const side = 148;

let before: Element | null = null;

/** Over the page: what is below waits, and what had the focus has it again afterwards. Stable: called when the sheet comes and goes. */
const mounted = (element: Element | undefined) => {
  queueMicrotask(() => {
    if (!element) {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    } else if (element instanceof HTMLDialogElement && element.isConnected && !element.open) {
      before = document.activeElement;
      element.showModal();
    }
  });
};

/** Pictures with a heatmap over each. */
export function sheetView(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { sheet } = state.selection;
  if (!sheet) return nothing;
  const own = flow.selection.sheet;
  const ends = sharedEnds(state, sheet);
  return html`<dialog
    class="sheet"
    aria-label="Contact sheet: ${sheet.title}"
    data-testid="sheet"
    data-state=${sheet.running ? 'running' : 'ended'}
    ${ref(mounted)}
    @cancel=${(event: Event) => event.preventDefault()}
  >
    <header class="sheet-head">
      <h2 class="sheet-title">${sheet.title}</h2>
      ${button({ testid: 'sheet-save', label: 'Save as PNG…', icon: 'save', disabled: sheet.tiles.size === 0, onClick: () => void own.save() })}
      ${iconButton({ testid: 'sheet-close', label: 'Close the contact sheet', icon: 'close', onClick: () => own.close() })}
    </header>
    ${tools(state, sheet, flow)}
    ${progress(sheet, flow)}
    ${legend(state, ends)}
    <ul class="sheet-tiles" aria-label="Pictures" @keydown=${onKey}>
      ${repeat(
        sheet.images,
        ({ path }) => path,
        (image) => html`<li>${tileView(state, sheet, image, ends, flow)}</li>`,
      )}
    </ul>
    ${state.notice === undefined ? nothing : html`<p class="notice" role="status" data-testid="sheet-notice">${state.notice}</p>`}
  </dialog>`;
}

function tools(state: SpaceState, sheet: Sheet, { selection }: Flow): TemplateResult {
  const own = selection.sheet;
  const { scale, opacity } = state.choices.selection.sheet;
  const kind = kindOf(state, sheet);
  const options = sheetMethods(state).map(({ id, label }) => ({ id, label }));
  return html`<div class="sheet-tools">
    ${select({
      testid: 'sheet-method',
      label: 'Method',
      value: sheetMethod(state)?.id ?? '',
      groups: [{ label: 'Methods that need not be waited for', options }],
      onChange: (method) => own.choose({ method }),
    })}
    ${targets(state, (target) => own.choose({ target }))}
    ${segments({
      testid: 'sheet-scale',
      label: 'Scale',
      value: scale,
      options: [
        { id: 'own', label: 'A scale each' },
        { id: 'shared', label: 'One scale' },
      ],
      onChange: (id) => own.choose({ scale: id }),
    })}
    ${dropdown({
      testid: 'sheet-colours',
      label: 'Colours',
      value: colorMapFor({ kind }, state.choices.selection.sheet),
      options: colorMapsFor({ kind }),
      onChange: (id) => own.choose(kind === 'diverging' ? { divergingMap: id } : { colorMap: id }),
    })}
    ${range({
      testid: 'sheet-opacity',
      label: 'Opacity',
      min: 0,
      max: 1,
      step: 0.05,
      value: opacity,
      text: `${Math.round(100 * opacity)} %`,
      onInput: (value) => own.choose({ opacity: value }),
    })}
  </div>`;
}

function targets(state: SpaceState, onChange: (target: SheetTarget) => void): TemplateResult {
  const method = sheetMethod(state);
  const same = method?.targets === 'none';
  const hasLabels = state.rows.value?.labels.some((label) => label >= 0) ?? false;
  const noLabels = hasLabels ? {} : { disabled: true, about: 'No picture has a label.' };
  return segments({
    testid: 'sheet-target',
    label: 'What is explained',
    value: sheetTarget(state),
    options: [
      { id: 'predicted', label: 'Prediction', about: same ? 'The map is the same for every class' : 'What speaks for the predicted class' },
      {
        id: 'label',
        label: 'Label',
        about: 'What speaks for the class that the label names',
        ...noLabels,
        ...(same && { disabled: true, about: 'The map is the same for every class' }),
      },
      {
        id: 'difference',
        label: 'Difference',
        about: 'What speaks for the predicted class rather than the label',
        ...noLabels,
        ...(method?.targets !== 'any' && { disabled: true, about: `${method?.label ?? 'The method'} does not explain differences` }),
      },
    ],
    onChange,
  });
}

/** Arrows lead from picture to picture. */
function onKey(event: KeyboardEvent): void {
  const tiles = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('.sheet-tile')];
  const to = event.target instanceof HTMLElement ? neighbour(event.key, event.target, tiles) : undefined;
  if (!to) return;
  event.preventDefault();
  to.focus();
}

/** Of the maps that are there. */
function kindOf(state: SpaceState, { tiles }: Sheet): Scale['kind'] {
  for (const tile of tiles.values()) if ('map' in tile) return tileLook(state, tile.map, undefined).scale.kind;
  return 'sequential';
}

function progress(sheet: Sheet, { selection }: Flow): TemplateResult {
  const { images, tiles, running, leftOut } = sheet;
  const failed = [...tiles.values()].filter((tile) => 'error' in tile).length;
  const missing = images.length - tiles.size;
  const text = `${tiles.size} of ${images.length}`;
  const own = selection.sheet;
  return html`<div class="sheet-progress">
    ${
      running
        ? html`<span class="progress-bar" role="progressbar" aria-label="Pictures explained" aria-valuemin="0" aria-valuemax=${images.length} aria-valuenow=${tiles.size}
            ><span ${vars({ '--done': String(tiles.size / Math.max(1, images.length)) })}></span></span>`
        : nothing
    }
    <span class="progress-text" role="status" data-testid="sheet-progress">${text}${failed > 0 ? `, ${failed} failed` : ''}${missing > 0 && !running ? ', stopped' : ''}</span>
    ${running ? button({ testid: 'sheet-stop', label: 'Stop', onClick: () => own.stop() }) : nothing}
    ${!running && missing + failed > 0 ? button({ testid: 'sheet-resume', label: missing > 0 ? 'Continue' : 'Try again', onClick: () => own.resume() }) : nothing}
    ${leftOut > 0 ? html`<span class="small" data-testid="sheet-left-out">The first ${mostImages} pictures; ${leftOut.toLocaleString('en')} more are left out.</span>` : nothing}
  </div>`;
}

function legend(state: SpaceState, ends: SharedEnds | undefined): TemplateResult {
  return html`<div class="sheet-legend">
    ${[...(ends ?? [])].map(([kind, { low, high }]) => {
      const colorMap = colorMapFor({ kind }, state.choices.selection.sheet);
      return html`<div class="legend">
        <canvas
          class="legend-bar"
          role="img"
          aria-label="Colours from ${number(low)} to ${number(high)}"
          ${painted({ width: 256, height: 1 }, [colorMap], (context) => paintRamp(context, colorMap))}
        ></canvas>
        <div class="legend-values"><span>${number(low)}</span><span></span><span>${number(high)}</span></div>
      </div>`;
    })}
    <p class="small" data-testid="sheet-sharing">${scaleText(state)}</p>
  </div>`;
}

function tileView(state: SpaceState, sheet: Sheet, image: SheetImage, ends: SharedEnds | undefined, { selection }: Flow): TemplateResult {
  const tile = sheet.tiles.get(image.path);
  const facts = { ...image, confidence: Number.isNaN(image.confidence) ? undefined : percent(image.confidence) };
  const said = tile && 'error' in tile ? describeError(tile.error) : tile?.map.flat;
  return html`<button
    class=${classMap({ 'sheet-tile': true, wrong: image.correct === false })}
    aria-label="Explain ${sentenceOf(facts)}${said === undefined ? '' : `. ${said}`}"
    title=${`${image.path}${said === undefined ? '' : `\n${said}`}`}
    data-testid="sheet-tile"
    data-path=${image.path}
    data-state=${tile ? ('map' in tile ? 'map' : 'failed') : sheet.running ? 'waiting' : 'none'}
    @click=${() => selection.sheet.explain(image.path)}
  >
    <span class="sheet-picture">${picture(state, image, tile, ends, sheet.running)}</span>
    <span class="sheet-caption">${image.correct === false ? icon('close') : nothing}<span class="sheet-classes">${classesView(image)}</span></span>
    <span class="small sheet-line"><span class="sheet-name">${image.name}</span><span>${facts.confidence ?? ''}</span></span>
  </button>`;
}

function picture(state: SpaceState, { path }: SheetImage, tile: Tile | undefined, ends: SharedEnds | undefined, running: boolean) {
  if (!tile) return html`<span class=${classMap({ skeleton: running, 'sheet-empty': true })}></span>`;
  if ('error' in tile) return html`<span class="sheet-error">${icon('error')}<span>${tile.error.message}</span></span>`;
  const look = tileLook(state, tile.map, ends);
  const size = fit(tile.picture, { width: side, height: side });
  const pixels = { width: size.width * devicePixelRatio, height: size.height * devicePixelRatio };
  const inputs = [tile, look.scale.low, look.scale.high, look.colorMap, look.opacity];
  return html`<canvas
      class="sheet-canvas"
      role="presentation"
      data-cell=${path}
      ${vars({ width: `${size.width}px`, height: `${size.height}px` })}
      ${paintedInView(pixels, inputs, (context) => paintTile(context, tile.picture, tile.map, look))}
    ></canvas>
    ${tile.map.flat === undefined ? nothing : html`<span class="sheet-flat">says nothing</span>`}`;
}
