import { html, nothing, type TemplateResult } from 'lit';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { deadGist, deadView } from './deadView.ts';
import { driftGist, driftView } from './driftView.ts';
import { flipsGist, flipsView } from './flipsView.ts';
import { followView } from './followView.ts';
import { matrixGist, setMatrixView } from './matrixView.ts';
import { mapGist, runMapView } from './runMapView.ts';
import { scoresGist, scoresView } from './scoresView.ts';
import { section } from './section.ts';
import { areJudged, sightOf } from './selectors.ts';

/** The whole data set at a glance, at the slider's checkpoint. */
export function wholeView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const sight = sightOf(state);
  const { set, probes } = state.subject ?? { set: undefined, probes: [] };
  // Nobody has looked for a data set yet, or there is nothing at all.
  if (!set && !sight && probes.length === 0) return nothing;
  return html`<section class="whole" aria-labelledby="whole-heading" data-testid="whole">
    <h2 class="whole-heading" id="whole-heading">Whole data set${sight ? html` <span class="whole-at" data-testid="whole-at">at ${sight.now.checkpoint.name}</span>` : nothing}</h2>
    ${followView(state, flow)}
    ${
      sight
        ? html`<div class="whole-sections">
            ${
              areJudged(sight.now.whole)
                ? html`${section(state, flow, { id: 'scores', title: 'Accuracy', gist: scoresGist(sight), body: () => scoresView(state, flow, sight) })}
                    ${section(state, flow, { id: 'flips', title: 'Flips', gist: flipsGist(sight), body: () => flipsView(state, flow, sight) })}
                    ${section(state, flow, { id: 'matrix', title: 'Confusions', gist: matrixGist(sight), body: () => setMatrixView(state, flow, sight) })}`
                : html`<p class="whole-missing" data-testid="unjudged">
                    No picture of the set has a label that is a class of the model: there is no accuracy and no flip. Labels are the names of the folders, or stand in a
                    label file. Dead units, map and drift need none.
                  </p>`
            }
            ${section(state, flow, { id: 'map', title: 'Map', gist: mapGist(sight), body: () => runMapView(state, flow, sight) })}
            ${section(state, flow, { id: 'drift', title: 'Drift', gist: driftGist(sight), body: () => driftView(state, sight) })}
            ${section(state, flow, { id: 'dead', title: 'Dead units', gist: deadGist(sight), body: () => deadView(state, sight) })}
          </div>`
        : nothing
    }
  </section>`;
}
