import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { ComparedImage, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { button } from '../../ui/button.ts';
import type { Flow } from '../flow.ts';
import { mark } from '../probes/probeList.ts';
import type { ComparisonState } from '../state.ts';
import { probabilityText } from '../views/summaryText.ts';
import { type FigureOptions, figureView } from './figureView.ts';
import { paintOver } from './paintPair.ts';
import { paintWipe } from './paintWipe.ts';
import type { PairModel } from './pairModel.ts';

type Side = 'from' | 'to';

/** Both maps and their difference, as the person arranged them. */
export function arranged(
  state: ComparisonState,
  subject: ComparisonSubject,
  image: ComparedImage | undefined,
  model: PairModel,
  flow: Flow,
): TemplateResult {
  const { arrangement } = state.choices;
  const figure = (options: FigureOptions) => figureView(state, flow, options);
  const one = (side: Side, testid: string = side) => figure({ ...sideOptions(state, subject, image, model, side), testid });
  const maps = () => {
    if (arrangement === 'wipe') return figure(wipeOptions(state, subject, image, model, flow));
    if (arrangement === 'blink') return figure(blinkOptions(state, subject, image, model, flow));
    // The second in the place of the first, while the key is held.
    return html`${one(state.flipped ? 'to' : 'from', 'from')} ${one('to')}`;
  };
  return html`<div class=${classMap({ 'pair-figures': true, two: arrangement !== 'beside' })} data-testid="figures">
    ${maps()} ${figure(differenceOptions(state, subject, image, model))}
  </div>`;
}

function sideOptions(
  { choices: { bare, cells } }: ComparisonState,
  subject: ComparisonSubject,
  image: ComparedImage | undefined,
  { maps, scale }: PairModel,
  side: Side,
): FigureOptions {
  const { name } = subject[side];
  const map = maps[side];
  return {
    ...{ testid: side, title: name, note: noteOf(image, side, map), about: aboutOf(name, image, map) },
    ...{ picture: image?.picture, map, scale, bare, cells, error: image?.[side].error },
  };
}

/** What it predicts, and how sure of it. */
function noteOf(image: ComparedImage | undefined, side: Side, map: ExplanationMap | undefined): TemplateResult | string {
  if (!image) return '';
  const said = image.classes.find(({ index }) => index === image.predicted[side]);
  const right = image.truth === undefined || !said ? undefined : said.index === image.truth;
  return html`${said ? html`${mark(right)}${said.label} ${said[side] === undefined ? nothing : probabilityText(said[side])}` : nothing}
    ${image[side].kept ? html`<span data-testid="kept-${side}">· kept map, ${map?.height} × ${map?.width}</span>` : nothing}
    ${map?.flat === undefined ? nothing : html`<span data-testid="flat-${side}">· ${map.flat}</span>`}`;
}

function aboutOf(name: string, image: ComparedImage | undefined, map: ExplanationMap | undefined): string {
  return map
    ? `Map of ${name} for ${image?.explained.label ?? ''}, from ${map.min.toPrecision(3)} to ${map.max.toPrecision(3)}`
    : `Map of ${name}`;
}

function differenceOptions(
  { choices: { bare, cells } }: ComparisonState,
  { from, to }: ComparisonSubject,
  image: ComparedImage | undefined,
  { difference, differenceScale, error, maps }: PairModel,
): FigureOptions {
  const missing = image && (!maps.from || !maps.to);
  const note = missing ? 'needs both maps' : (difference?.flat ?? '');
  return {
    ...{ testid: 'difference', title: `${to.name} − ${from.name}`, note },
    about: `Difference of the two maps, ${to.name} minus ${from.name}`,
    ...{ picture: image?.picture, map: difference, scale: differenceScale, bare, cells, error },
  };
}

function wipeOptions(
  state: ComparisonState,
  subject: ComparisonSubject,
  image: ComparedImage | undefined,
  model: PairModel,
  flow: Flow,
): FigureOptions {
  const { wipe, bare, cells } = state.choices;
  const [a, b] = (['from', 'to'] as const).map((side) => sideOptions(state, subject, image, model, side)) as [FigureOptions, FigureOptions];
  const input = (event: Event) => flow.choose({ wipe: Number((event.target as HTMLInputElement).value) });
  return {
    ...b,
    ...{ testid: 'wipe', title: `${subject.from.name} | ${subject.to.name}`, note: '', error: a.error ?? b.error },
    about: `${subject.from.name} up to the line, ${subject.to.name} beyond it`,
    paint: (context) => paintWipe(context, a, b, wipe),
    drag: (share) => flow.choose({ wipe: share }),
    inputs: [image?.picture, model, bare, cells, wipe],
    tools: html`<input
      class="wipe-range"
      type="range"
      min="0"
      max="1"
      step="0.01"
      aria-label="Line between ${subject.from.name} and ${subject.to.name}"
      data-testid="wipe-range"
      .value=${String(wipe)}
      @input=${input}
    />`,
  };
}

function blinkOptions(
  state: ComparisonState,
  subject: ComparisonSubject,
  image: ComparedImage | undefined,
  model: PairModel,
  flow: Flow,
): FigureOptions {
  const side = state.flipped ? 'to' : 'from';
  const options = sideOptions(state, subject, image, model, side);
  const other = state.flipped ? subject.from : subject.to;
  const { isRunning } = flow.blink;
  return {
    ...{ ...options, testid: 'blink' },
    inputs: [image?.picture, model, options.bare, options.cells, side],
    paint: (context) => paintOver(context, options),
    tools: html`<span class="blink-tools">
      ${button({ testid: 'blink-toggle', label: `Show ${other.name}`, onClick: () => flow.blink.toggle() })}
      ${button({ testid: 'blink-run', label: isRunning ? 'Hold' : 'Blink', onClick: () => (isRunning ? flow.blink.toggle() : flow.blink.start()) })}
    </span>`,
  };
}
