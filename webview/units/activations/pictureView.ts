import { html, nothing, type TemplateResult } from 'lit';
import type { ImageRef, UnitLayer, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { fit } from '../../draw/geometry.ts';
import { button, iconButton } from '../../ui/button.ts';
import { painted } from '../../ui/painted.ts';
import { select } from '../../ui/select.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { lookOf } from './look.ts';
import { paintUnit } from './paintUnit.ts';
import { isStale, wallOf } from './selectors.ts';
import { unitText } from './unitText.ts';

/** Longer side of the picture, CSS pixels. */
const side = 240;

/** The picture as the network sees it, with the unit in hand over it, and the way to other pictures. */
export function pictureView(state: UnitsState, flow: Flow): TemplateResult {
  const found = wallOf(state);
  return html`<div class="activation-picture" data-testid="activation-picture">
    ${found ? canvas(state, found.wall, found.layer) : html`<span class="skeleton activation-canvas"></span>`}
    <div class="activation-chooser">
      ${chooser(state, flow)}
      <p class="small activation-reading" data-testid="reading">${found ? reading(state, found.wall, found.layer) : ''}</p>
    </div>
  </div>`;
}

function canvas(state: UnitsState, wall: UnitWall, layer: UnitLayer): TemplateResult {
  const unit = state.activations.pointed;
  const shown = unit !== undefined && unit < layer.units && !isStale(state) ? unit : undefined;
  const { input } = state.units?.model ?? {};
  const size = fit(input ?? wall.picture, { width: side, height: side });
  // Over the picture also where the wall is bare: here is where one sees what the unit looks at.
  const look = { ...lookOf(state, wall, shown ?? 0), under: 'colour' as const };
  const pixels = { width: size.width * devicePixelRatio, height: size.height * devicePixelRatio };
  const inputs = [wall, shown, look.scale.high, look.colorMap, look.smooth];
  const name = shown === undefined ? wall.image.name : `${wall.image.name} with unit ${shown}`;
  return html`<canvas
    class="activation-canvas ${isStale(state) ? 'stale' : ''}"
    role="img"
    aria-label=${name}
    data-testid="activation-canvas"
    ${vars({ '--shown-width': `${size.width}px` })}
    ${painted(pixels, inputs, (context) => paintUnit(context, wall, shown, look))}
  ></canvas>`;
}

function reading(state: UnitsState, wall: UnitWall, layer: UnitLayer): TemplateResult {
  const unit = state.activations.pointed;
  if (unit === undefined || unit >= layer.units) return html`Point at a map to see it on the picture; click it to open the unit.`;
  return html`<strong>unit ${unit}</strong> ${unitText(state, wall, layer, unit)}`;
}

/** A list of the data set's images with its neighbours, any other image, and the explanation of this one. */
function chooser(state: UnitsState, flow: Flow): TemplateResult {
  const { subject } = state;
  const image = subject?.image;
  const images = subject?.dataset?.images ?? [];
  const at = images.findIndex(({ path }) => path === image?.path);
  const use = (to: ImageRef | undefined) =>
    to && void flow.ask((generation) => flow.client.call('useImage', { generation, image: to.path }));
  const another = () => void flow.ask((generation) => flow.client.call('chooseImage', { generation }));
  return html`${
    images.length === 0
      ? html`<p class="activation-name" title=${image?.path ?? ''}>${image?.name}</p>`
      : html`<div class="layer-pick">
          ${iconButton({ testid: 'previous-image', label: 'Previous picture', icon: 'left', disabled: at <= 0, onClick: () => use(images[at - 1]) })}
          ${select({ testid: 'image', label: 'Picture', value: image?.path ?? '', groups: groupsOf(images, at < 0 ? image : undefined), onChange: (path) => use(images.find((each) => each.path === path)) })}
          ${iconButton({ testid: 'next-image', label: 'Next picture', icon: 'right', disabled: at >= images.length - 1, onClick: () => use(images[at + 1]) })}
        </div>`
  }
    <div class="activation-buttons">
      ${button({ testid: 'choose-image', label: 'Another picture…', onClick: another })}
      ${image ? button({ testid: 'explain-image', label: 'Explain it', onClick: () => explain(state, image, flow) }) : nothing}
    </div>`;
}

function explain(state: UnitsState, image: ImageRef, flow: Flow): void {
  const layer = currentLayer(state)?.name;
  void flow.ask((generation) => flow.client.call('explainImage', { generation, image: image.path, ...(layer !== undefined && { layer }) }));
}

interface Group {
  label: string;
  options: { id: string; label: string }[];
}

let grouped: { images: readonly ImageRef[]; other: ImageRef | undefined; groups: readonly Group[] } | undefined;

/** By folder, in the data set's order; `other`: the picture on show where it is none of them. */
function groupsOf(images: readonly ImageRef[], other: ImageRef | undefined): readonly Group[] {
  if (grouped?.images === images && grouped.other === other) return grouped.groups;
  const groups: Group[] = other ? [{ label: 'Chosen', options: [{ id: other.path, label: other.name }] }] : [];
  for (const { path, name } of images) {
    const label = path.split(/[\\/]/).at(-2) ?? '';
    if (groups.at(-1)?.label !== label) groups.push({ label, options: [] });
    groups.at(-1)?.options.push({ id: path, label: name });
  }
  grouped = { images, other, groups };
  return groups;
}
