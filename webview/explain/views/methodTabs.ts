import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { MethodInfo } from '../../../src/shared/protocol.ts';
import { colored } from '../../draw/mapCanvas.ts';
import { moveFocus } from '../../ui/focus.ts';
import { icon } from '../../ui/icons.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Actions } from '../actions.ts';
import { lookOf } from '../look.ts';
import { currentMethod, jobOf } from '../selectors.ts';
import type { Job, PageState } from '../state.ts';

/** One tab per method, with its map in small as soon as there is one. */
export function methodTabs(state: PageState, actions: Actions): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const tabs = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=tab]')];
    const tab = moveFocus(event, tabs);
    if (!tab) return;
    event.preventDefault();
    tab.click();
  };
  return html`<div class="tabs" role="tablist" aria-label="Method" data-testid="methods" @keydown=${onKey}>
    ${state.methods.length === 0 ? [0, 1, 2].map(() => html`<div class="tab skeleton"></div>`) : state.methods.map((m) => tab(state, actions, m))}
  </div>`;
}

function tab(state: PageState, actions: Actions, method: MethodInfo): TemplateResult {
  const selected = currentMethod(state) === method;
  const job = jobOf(state, method);
  const map = job?.map ?? state.previous[method.id];
  return html`<button
    class=${classMap({ tab: true, selected })}
    role="tab"
    id="tab-${method.id}"
    data-testid="method-${method.id}"
    data-state=${job?.state ?? 'waiting'}
    aria-selected=${selected}
    aria-controls="stage"
    tabindex=${selected ? 0 : -1}
    title=${method.about}
    @click=${() => actions.chooseMethod(method.id)}
  >
    <span class=${classMap({ 'tab-thumb': true, skeleton: !map && job?.state !== 'failed' && !state.failure })}>
      ${map && map.flat === undefined ? thumb(state, map) : nothing} ${map?.flat === undefined ? nothing : icon('minus')}
      ${job?.state === 'failed' ? icon('error') : nothing}
    </span>
    <span class="tab-text"><span class="tab-label">${method.label}</span><span class="small tab-state">${state.failure ? '' : stateText(job)}</span></span>
    ${job?.state === 'running' && method.slow ? html`<span class="tab-progress" ${vars({ '--done': String(job.progress) })}></span>` : nothing}
  </button>`;
}

function stateText(job: Job | undefined): string {
  if (!job) return 'waiting';
  const done = `${Math.floor(job.progress * 100)} %`;
  if (job.state === 'running') return job.progress > 0 ? done : 'running';
  if (job.state === 'failed') return 'failed';
  if (job.state === 'stopped') return job.map ? `stopped at ${done}` : 'stopped';
  return job.map?.flat === undefined ? 'ready' : 'flat';
}

const side = 64;

function thumb(state: PageState, map: NonNullable<Job['map']>): TemplateResult {
  const look = lookOf(state, map);
  const size = { width: side, height: side };
  const paint = (context: CanvasRenderingContext2D) => {
    context.drawImage(colored(map, { ...look, smooth: look.smooth && map.width < side }, size), 0, 0, side, side);
  };
  return html`<canvas ${painted(size, [map, look.colorMap, look.scale, look.smooth], paint)}></canvas>`;
}
