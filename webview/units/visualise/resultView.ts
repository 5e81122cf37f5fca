import { html, nothing, type TemplateResult } from 'lit';
import type { RankedClass } from '../../../src/shared/protocol.ts';
import type { Visualisation } from '../../../src/shared/unitsProtocol.ts';
import { duration, number, percent, score } from '../../draw/format.ts';
import { button } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import { vars } from '../../ui/vars.ts';
import type { UnitsState } from '../state.ts';
import { shotCount } from './selectors.ts';
import type { Climb } from './state.ts';
import type { Visualiser } from './visualiser.ts';

/** What the network says of the picture that came out, where it comes from, and the way to keep it. */
export function resultView(state: UnitsState, climb: Climb, visualise: Visualiser): TemplateResult | typeof nothing {
  const count = shotCount(climb);
  if (count === 0) return nothing;
  return html`<section class="visualise-result" aria-label="Result">
    ${climb.result ? says(state, climb, climb.result) : nothing}
    <div class="buttons">
      ${button({ testid: 'save-picture', label: 'Save picture…', icon: 'save', onClick: () => void visualise.savePicture() })}
      ${button({ testid: 'save-frames', label: `Save ${count} frames…`, disabled: count < 2, onClick: () => void visualise.saveFrames() })}
    </div>
  </section>`;
}

function says({ visualisers }: UnitsState, { name }: Climb, result: Visualisation): TemplateResult {
  const { top, value, target, remark, method, params, values, engine, ms } = result;
  const [best] = top;
  const label = visualisers.find(({ id }) => id === method)?.label ?? method;
  const seed = params.seed === undefined ? '' : ` · seed ${params.seed}`;
  return html`${
    best
      ? html`<p class="visualise-says" data-testid="visualise-says">The network says: ${best.label} ${score(best)}</p>
          ${best.index === climbedClass(result) || result.probability === undefined ? nothing : own(name, result)}
          <ol class="visualise-top" data-testid="visualise-top">${top.slice(0, 5).map(row)}</ol>`
      : nothing
  }
    ${remark === undefined ? nothing : html`<p class="visualise-remark" data-testid="visualise-remark">${icon('info')}<span>${remark}</span></p>`}
    <p class="small" data-testid="visualise-line">
      ${target}: <strong>${number(value)}</strong> · ${label} · ${values.length} steps${seed} · ${engine} · ${duration(ms)}
    </p>`;
}

function climbedClass({ objective }: Visualisation): number | undefined {
  return objective.kind === 'class' ? objective.class : undefined;
}

/** Where the network says something else than what was climbed. */
function own(name: string, { probability = 0 }: Visualisation): TemplateResult {
  return html`<p class="small" data-testid="visualise-own">${name}, which was climbed, gets ${percent(probability)}: the picture excites it, and another more.</p>`;
}

function row(ranked: RankedClass): TemplateResult {
  const { label, probability } = ranked;
  return html`<li>
    <span class="class-label" title=${label}>${label}</span><span class="class-percent">${score(ranked)}</span>
    ${probability === undefined ? nothing : html`<span class="bar" aria-hidden="true"><span ${vars({ '--share': String(probability) })}></span></span>`}
  </li>`;
}
