import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { isTooCoarse } from '../../../src/shared/trainingReading.ts';
import { button } from '../../ui/button.ts';
import type { Flow } from '../flow.ts';
import { layoutOf } from '../layout.ts';
import { pairOf } from '../reading.ts';
import type { PageState } from '../state.ts';
import { alarmsView } from './alarmView.ts';
import { flipsView } from './flipsView.ts';
import { orderedProbes } from './order.ts';
import { rowView } from './rowView.ts';
import { toolsView } from './toolsView.ts';

/** What changed, what gives reason to doubt, and a row for each probe. */
export function probesView(state: PageState, flow: Flow): TemplateResult {
  const layout = layoutOf(state.width, state.subject?.checkpoints.length ?? 0);
  const { probes = [], set } = state.subject ?? {};
  if (probes.length === 0) return noProbes(set !== undefined, flow);
  const shown = orderedProbes(state);
  return html`${alarmsView(state, flow)} ${flipsView(state, flow)}
    <section class="probes" aria-label="Probes" data-testid="probes">
      ${toolsView(state, flow)} ${key(state)}
      ${shown.length === 0 ? html`<p class="small" data-testid="no-match">No picture is of this class at this checkpoint.</p>` : nothing}
      <ol class="probe-list" data-columns=${layout.columns}>
        ${
          state.width > 0
            ? repeat(
                shown,
                ({ path }) => path,
                // The open one has the whole width.
                (probe) => rowView(state, flow, probe, probe.path === state.choices.probe ? { ...layout, row: state.width } : layout),
              )
            : nothing
        }
      </ol>
      <div class="buttons">
        ${button({ testid: 'add-probes', label: 'Add pictures…', icon: 'plus', onClick: () => void flow.ask(() => flow.client.call('addProbes', {})) })}
      </div>
    </section>`;
}

function noProbes(isSet: boolean, flow: Flow): TemplateResult {
  return html`<section class="card empty" data-testid="no-probes">
    <p>
      No pictures to follow yet. ${isSet ? 'The data set has none that could be read.' : 'Choose a data set, and a balanced sample of it is followed by itself; or'}
      add pictures here, or right-click an image file and choose “Add to Probe Set”.
    </p>
    <div class="buttons">
      ${button({ testid: 'add-probes', label: 'Add pictures…', appearance: 'primary', onClick: () => void flow.ask(() => flow.client.call('addProbes', {})) })}
    </div>
  </section>`;
}

/** What the lines of a row are, and what its colours are on. */
function key(state: PageState): TemplateResult {
  const scale = html`<p class="small" data-testid="scale-about">${state.choices.ownScales ? 'Maps: each its own scale, strengths do not compare.' : 'Maps: one scale per picture, over all checkpoints.'}</p>`;
  const now = pairOf(state)?.now;
  if (now?.scored === false) return scale;
  return html`<div class="probe-key">${lines()} ${scale} ${now && isTooCoarse(now) ? tooCoarse(now) : nothing}</div>`;
}

/** That there is no alarm must not be taken for a good sign. */
function tooCoarse({ height, width }: ProbeFrames): TemplateResult {
  return html`<p class="small" data-testid="too-coarse">
    Maps of ${height} × ${width} cells cannot tell the border from the middle: no alarm about it. An earlier layer has finer ones.
  </p>`;
}

function lines(): TemplateResult {
  return html`<p class="trace-key small" aria-hidden="true">
    <span><svg viewBox="0 0 18 8" width="18" height="8"><path class="trace-line true" d="M0 4H18" /></svg> true</span>
    <span><svg viewBox="0 0 18 8" width="18" height="8"><path class="trace-line predicted" d="M0 4H18" /></svg> predicted</span>
    <span><svg viewBox="0 0 18 8" width="18" height="8"><path class="trace-band right" d="M0 1H9V6H0Z" /><path class="trace-band wrong" d="M9 4H18V6H9Z" /></svg> right / wrong</span>
  </p>`;
}
