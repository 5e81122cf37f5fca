import { isAbort, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import { css, rampColour } from '../../draw/classColours.ts';
import type { Page } from '../feature.ts';
import { currentLayer } from '../selectors.ts';
import type { SpaceState } from '../state.ts';
import { colouringNames, count, pictures, qualityOf, scaleText } from './mapText.ts';
import { currentColouring, currentGrouping } from './selectors.ts';
import type { Shown } from './state.ts';

/** Of the legend, CSS pixels. */
const legendWidth = 210;
const line = 19;

/** Saves the map as it is on screen with its legend; tells where it went, undefined: nowhere. */
export async function saveMap({ store, client }: Page, map: HTMLCanvasElement): Promise<string | undefined> {
  const state = store.get();
  const { shown } = state.map;
  if (!state.subject || !shown) return undefined;
  try {
    const png = await pngOf(withLegend(state, shown, map));
    const name = `map.${shown.request.method}`;
    const { savedAs } = await client.call('savePicture', {
      generation: state.subject.generation,
      png,
      name,
      provenance: provenanceOf(state, shown),
    });
    return savedAs === undefined ? undefined : `Saved as ${savedAs}.`;
  } catch (error) {
    return isAbort(error) ? undefined : `Not saved: ${toErrorRecord(error).message}`;
  }
}

/** With the same model, data set, method and parameters the map can be made again. */
function provenanceOf(state: SpaceState, { rows, request, layout }: Shown) {
  const { space, subject } = state;
  const { kl, klFrom, quality, iterations, stopped, variance } = layout ?? {};
  return {
    tool: 'Glassbox',
    model: space?.model.path,
    modelHash: space?.model.hash,
    engine: space?.model.engine,
    dataset: subject?.dataset?.label,
    pictures: rows.count,
    layer: currentLayer(state)?.name,
    labels: rows.labelSource,
    method: request.method,
    params: layout?.params ?? request.params ?? {},
    iterations,
    stopped,
    kl,
    klFrom,
    variance,
    quality,
    colouredBy: currentColouring(state, rows),
  };
}

function withLegend(state: SpaceState, shown: Shown, map: HTMLCanvasElement): HTMLCanvasElement {
  const { theme } = state.map;
  const density = devicePixelRatio;
  const grouping = currentGrouping(state, shown);
  const rows = grouping.groups.length + 6;
  const height = Math.max(map.height, Math.round((rows * line + 24) * density));
  const canvas = Object.assign(document.createElement('canvas'), { width: map.width + Math.round(legendWidth * density), height });
  const pen = canvas.getContext('2d');
  if (!pen) return map;
  pen.fillStyle = css(theme.paper);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(map, 0, 0);
  pen.setTransform(density, 0, 0, density, map.width, 0);
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  pen.textBaseline = 'middle';
  let y = 20;
  const write = (text: string, x = 10) => {
    pen.fillStyle = css(theme.ink);
    pen.fillText(text, x, y, legendWidth - x - 8);
  };
  const next = () => {
    y += line;
  };
  write(colouringNames[grouping.colouring]);
  next();
  for (const { name, colour, count: of } of grouping.groups) {
    pen.fillStyle = css(colour);
    pen.beginPath();
    pen.arc(16, y, 5, 0, 2 * Math.PI);
    pen.fill();
    write(`${name} · ${count(of)}`, 28);
    next();
  }
  if (grouping.scale) {
    for (let x = 0; x < 160; x++) {
      pen.fillStyle = css(rampColour(x / 159, theme));
      pen.fillRect(10 + x, y - 6, 1.5, 12);
    }
    next();
    write(`${scaleText(grouping.scale[0])} to ${scaleText(grouping.scale[1])}`);
    next();
  }
  write('Ringed: the network says otherwise');
  next();
  write(`${state.layouts.find(({ id }) => id === shown.request.method)?.label ?? shown.request.method} of ${pictures(shown.rows.count)}`);
  next();
  for (const part of shown.layout ? qualityOf(shown.layout).slice(0, 2) : []) {
    write(part.text);
    next();
  }
  return canvas;
}

async function pngOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new ModelError('internal', 'The browser made no PNG of the map.', { hint: 'Try again.' });
  return new Uint8Array(await blob.arrayBuffer());
}
