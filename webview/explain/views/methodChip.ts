import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { ref } from 'lit/directives/ref.js';
import { describeError } from '../../../src/shared/errors.ts';
import type { ExplanationMap, MethodInfo } from '../../../src/shared/protocol.ts';
import { colored } from '../../draw/mapCanvas.ts';
import { type IconName, icon } from '../../ui/icons.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Actions } from '../actions.ts';
import { lookOf } from '../look.ts';
import { jobOf, refusalOf } from '../selectors.ts';
import type { Job, PageState } from '../state.ts';

/** What a chip says of its method: a sign where there is no map to draw, and words. */
interface Status {
  id: Job['state'] | 'refused' | 'waiting';
  text: string;
  sign?: IconName;
}

/** A method with its map in small. `reached`: Tab leads to it. */
export function methodChip(
  state: PageState,
  actions: Actions,
  method: MethodInfo,
  { selected, reached }: { selected: boolean; reached: boolean },
): TemplateResult {
  const job = jobOf(state, method);
  const status = statusOf(state, method, job);
  const map = status.id === 'refused' ? undefined : (job?.map ?? state.previous[method.id]);
  const drawn = map?.flat === undefined ? map : undefined;
  const expected = status.id === 'running' || (status.id === 'waiting' && !method.slow && !state.failure);
  return html`<button
    class=${classMap({ chip: true, selected, refused: status.id === 'refused', stale: drawn !== undefined && drawn !== job?.map })}
    role="tab"
    id="tab-${method.id}"
    data-testid="method-${method.id}"
    data-state=${status.id}
    aria-selected=${selected}
    aria-controls="stage"
    tabindex=${reached ? 0 : -1}
    title=${`${method.label}: ${status.text}\n${status.id === 'refused' ? '' : method.about}`.trim()}
    ${ref(selected ? reveal : undefined)}
    @click=${() => actions.chooseMethod(method.id)}
  >
    <span class=${classMap({ 'chip-thumb': true, skeleton: !drawn && expected })}>
      ${drawn ? thumb(state, drawn) : nothing} ${status.sign && (!drawn || status.id === 'stopped') ? sign(status.sign, drawn !== undefined) : nothing}
      ${job?.state === 'running' && method.slow ? html`<span class="chip-progress" ${vars({ '--done': String(job.progress) })}></span>` : nothing}
    </span>
    <span class="chip-label">${method.label}</span><span class="visually-hidden">${status.text}</span>
  </button>`;
}

function sign(name: IconName, over: boolean): TemplateResult {
  return html`<span class=${classMap({ 'chip-sign': true, over })}>${icon(name)}</span>`;
}

function statusOf(state: PageState, method: MethodInfo, job: Job | undefined): Status {
  const refusal = refusalOf(state, method) ?? (job?.error?.code === 'method' ? job.error : undefined);
  if (refusal) return { id: 'refused', text: describeError(refusal), sign: 'refused' };
  if (state.failure) return { id: 'waiting', text: '' };
  if (!job) return method.slow ? { id: 'waiting', text: 'slow, runs when chosen', sign: 'clock' } : { id: 'waiting', text: 'waiting' };
  const done = `${Math.floor(job.progress * 100)} %`;
  if (job.state === 'running') return { id: 'running', text: job.progress > 0 ? done : 'running' };
  if (job.state === 'failed') return { id: 'failed', text: job.error ? `failed: ${job.error.message}` : 'failed', sign: 'error' };
  if (job.state === 'stopped') return { id: 'stopped', text: job.map ? `stopped at ${done}` : 'stopped', sign: 'pause' };
  return job.map?.flat === undefined ? { id: 'done', text: 'ready' } : { id: 'done', text: 'flat', sign: 'minus' };
}

/** Scrolls the row of chips, and nothing else, so that the chosen one is seen. */
function reveal(chip: Element | undefined): void {
  // Told while the page is being put together.
  if (chip instanceof HTMLElement) queueMicrotask(() => scrollTo(chip, chip.parentElement));
}

function scrollTo(chip: HTMLElement, row: HTMLElement | null): void {
  if (!row) return;
  const right = chip.offsetLeft + chip.offsetWidth;
  if (chip.offsetLeft < row.scrollLeft) row.scrollLeft = chip.offsetLeft;
  else if (right > row.scrollLeft + row.clientWidth) row.scrollLeft = right - row.clientWidth;
}

const side = 64;

function thumb(state: PageState, map: ExplanationMap): TemplateResult {
  const look = lookOf(state, map);
  const size = { width: side, height: side };
  const paint = (context: CanvasRenderingContext2D) => {
    context.drawImage(colored(map, { ...look, smooth: look.smooth && map.width < side }, size), 0, 0, side, side);
  };
  return html`<canvas ${painted(size, [map, look.colorMap, look.scale, look.smooth], paint)}></canvas>`;
}
