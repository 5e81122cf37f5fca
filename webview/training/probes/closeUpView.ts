import { html, nothing, type TemplateResult } from 'lit';
import { colorScale, drawnValues } from '../../../src/shared/colorScale.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { shape } from '../../draw/format.ts';
import { fit } from '../../draw/geometry.ts';
import { colorMapsFor } from '../../draw/palette.ts';
import { errorView } from '../../page/errorView.ts';
import { scaleBar } from '../../page/scaleBar.ts';
import { broughtIntoView } from '../../ui/broughtIntoView.ts';
import { button, iconButton } from '../../ui/button.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { checkbox, range } from '../../ui/fields.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { Layout } from '../layout.ts';
import { lookOf, opacityOf } from '../look.ts';
import { pairOf, rowOf } from '../reading.ts';
import type { CloseMap, PageState } from '../state.ts';
import { closeCloseUp } from './goTo.ts';
import { coarseMap, paintProbe } from './paintProbe.ts';
import { scalesOf } from './strip.ts';

/** No picture is drawn larger, CSS pixels; where there is little room the words below it shall be in sight, too. */
const largest = (row: number) => (row < 700 ? 340 : 420);

/** A probe's map at the slider's checkpoint at its own resolution; while that is on its way, as the film strip has it. */
export function closeUpView(state: PageState, flow: Flow, image: string, layout: Layout): TemplateResult | typeof nothing {
  const pair = pairOf(state);
  if (!pair) return nothing;
  const { checkpoint, now } = pair;
  const row = rowOf(now, image);
  const { value, error, loading } = state.close;
  const close = value?.checkpoint === checkpoint.id ? value : undefined;
  const shown = close ? fine(state, now, close, image) : coarse(state, now, row, image, checkpoint.id);
  const size = fit(close?.picture ?? state.pictures.get(image) ?? { width: 1, height: 1 }, {
    width: Math.min(largest(layout.row), layout.row),
    height: largest(layout.row),
  });
  const pixels = { width: size.width * devicePixelRatio, height: size.height * devicePixelRatio };
  const opacity = opacityOf(state.choices);
  const { map } = shown;
  const inputs = [
    close?.map ?? now,
    row,
    map?.look.scale.low,
    map?.look.scale.high,
    map?.look.colorMap,
    map?.look.smooth,
    opacity,
    shown.picture,
  ];
  const explains = now.classes[now.explained[row] as number];
  return html`<section class="close-up" data-testid="close-up" aria-label="Close-up" aria-busy=${loading} data-fine=${close !== undefined} ${broughtIntoView(image)}>
    <canvas
      class="close-picture"
      data-testid="close-picture"
      role="img"
      aria-label="Map of ${explains ?? 'the picture'} over the picture, ${checkpoint.name}"
      ${vars({ width: `${size.width}px`, height: `${size.height}px` })}
      ${painted(pixels, inputs, (pen) => paintProbe(pen, shown.picture, map, opacity))}
    ></canvas>
    <div class="close-side">
      ${map && !map.look.scale.flat ? scaleBar({ ...map.look.scale, beyond: false, colorMap: map.look.colorMap }) : html`<p class="small" data-testid="close-flat">${close?.map.flat ?? 'The map says nothing here.'}</p>`}
      <p class="small" data-testid="close-line">${now.map.relu ? 'max(0, value)' : 'value'} · ${now.map.unit} · ${methodName(state, now)} at ${now.map.layer}${explains === undefined ? '' : ` of ${explains}`} · ${shown.about}</p>
      ${error ? errorView(error, { retry: () => flow.closeUp.again(), showLog: () => flow.showLog() }) : nothing}
      ${lookControls(state, flow, now)}
      <div class="buttons">
        ${button({ testid: 'close-explain', label: 'Open explanation', disabled: checkpoint.gone, onClick: () => void flow.ask(() => flow.client.call('openProbe', { checkpoint: checkpoint.id, image })) })}
        ${iconButton({ testid: 'close-close', label: 'Close (Escape)', icon: 'close', onClick: () => closeCloseUp(flow, image) })}
      </div>
    </div>
  </section>`;
}

function methodName({ methods }: PageState, { map }: ProbeFrames): string {
  return methods.find(({ id }) => id === map.method)?.label ?? map.method;
}

interface Shown {
  map: ReturnType<typeof coarseMap>;
  picture: OffscreenCanvas | CloseMap['picture'] | undefined;
  about: string;
}

/** On the film strip's scale where its cells are the same; a finer map has higher peaks than its means, and a scale of its own. */
function fine(state: PageState, now: ProbeFrames, { map, picture }: CloseMap, image: string): Shown {
  const isSame = map.width === now.width && map.height === now.height;
  const values = drawnValues(map.values, map.relu);
  const own = isSame ? undefined : colorScale(values, map);
  const scale = own ?? scalesOf(state, image).of(state.close.value?.checkpoint ?? '');
  const isLocked = isSame && !state.choices.ownScales;
  const about = `${shape([map.height, map.width])}, ${isLocked ? 'the scale of the film strip' : 'a scale of its own'}`;
  return { map: { values, width: map.width, height: map.height, look: lookOf(state.choices, scale, values) }, picture, about };
}

function coarse(state: PageState, now: ProbeFrames, row: number, image: string, checkpoint: string): Shown {
  const map = coarseMap(now, row, scalesOf(state, image).of(checkpoint), state.choices);
  return { map, picture: state.pictures.get(image), about: `${shape([now.height, now.width])}, as it is kept` };
}

function lookControls({ choices }: PageState, flow: Flow, { map }: ProbeFrames): TemplateResult {
  const kind = map.signed && !map.relu ? 'diverging' : 'sequential';
  const options = colorMapsFor({ kind });
  const chosen = kind === 'diverging' ? choices.divergingMap : choices.colorMap;
  return html`${range({
    ...{
      testid: 'opacity',
      label: 'Opacity',
      min: 0,
      max: 1,
      step: 0.05,
      value: opacityOf(choices),
      text: `${Math.round(100 * opacityOf(choices))} %`,
    },
    onInput: (opacity) => flow.choose({ opacity }),
  })}
  ${options.length > 1 ? dropdown({ testid: 'color-map', label: 'Colours', value: options.find(({ id }) => id === chosen)?.id ?? options[0]?.id ?? '', options, onChange: (id) => flow.choose(kind === 'diverging' ? { divergingMap: id } : { colorMap: id }) }) : nothing}
  ${checkbox('smooth', 'Interpolate between cells', choices.smooth ?? true, (smooth) => flow.choose({ smooth }))}`;
}
