import { html, nothing, type TemplateResult } from 'lit';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { duration, number, percent, shape } from '../../draw/format.ts';
import { paintRamp } from '../../draw/ramp.ts';
import { painted } from '../../ui/painted.ts';
import { type Look, lookOf } from '../look.ts';
import { currentMethod, shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** The colours with their values, and a line that says what map this is. The room is kept while there is none. */
export function legend(state: PageState, tools: TemplateResult): TemplateResult {
  const { map } = shown(state);
  const look = map && map.flat === undefined ? lookOf(state, map) : undefined;
  return html`<div class="legend" data-testid="legend">
      ${map && look ? scale(look) : html`<div class="legend-bar none"></div>`}
    </div>
    ${tools}
    <p class="small legend-unit" data-testid="legend-unit" title=${map && look ? unit(map, look) : ''}>${map && look ? unit(map, look) : ''}</p>
    <p class="map-line" data-testid="map-line">${map ? mapLine(state, map) : ''}</p>`;
}

function scale(look: Look): TemplateResult {
  const { kind, low, high, beyond } = look.scale;
  const first = `${kind === 'diverging' && beyond > 0 ? '≤ ' : ''}${number(low)}`;
  const last = `${beyond > 0 ? '≥ ' : ''}${number(high)}`;
  return html`<canvas
      class="legend-bar"
      role="img"
      aria-label="Colours from ${first} to ${last}"
      ${painted({ width: 256, height: 1 }, [look.colorMap], (context) => paintRamp(context, look.colorMap))}
    ></canvas>
    <div class="legend-values">
      <span data-testid="legend-low">${first}</span><span data-testid="legend-zero">${kind === 'diverging' ? '0' : ''}</span
      ><span data-testid="legend-high">${last}</span>
    </div>`;
}

function unit(map: ExplanationMap, { scale }: Look): string {
  const beyond = scale.beyond > 0 ? ` · ${percent(scale.beyond)} of cells beyond, up to ${number(largest(map))}` : '';
  return `drawn: ${map.relu ? 'max(0, value)' : 'value'} · ${map.unit}${beyond}`;
}

function largest(map: ExplanationMap): number {
  return map.relu || !map.signed ? map.max : Math.max(map.max, -map.min);
}

/** Method (variant) · target · layer · engine · time. */
function mapLine(state: PageState, map: ExplanationMap): TemplateResult {
  const { stale, job } = shown(state);
  const method = currentMethod(state);
  const variant = method?.variants.find((v) => v.id === map.variant)?.label ?? map.variant;
  const title = method?.label ?? map.method;
  const name = variant === '' || variant === title ? title : `${title} (${variant})`;
  const part = job && job.state !== 'done' && !stale ? ` · partial, ${Math.floor(job.progress * 100)} %` : '';
  return html`<strong>${name}</strong>${part} · <span data-testid="map-target">${map.target}</span> · ${map.layer}
    ${shape([map.height, map.width])} · ${map.engine} · ${duration(map.ms)}${stale ? html`<span class="small"> · earlier map, the new one is on its way</span>` : nothing}`;
}
