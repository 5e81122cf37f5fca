import { html, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { DeadUnits, WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { counted, number, shareText } from '../../confusion/text.ts';
import type { PageState } from '../state.ts';
import { namesOf } from './driftOf.ts';
import { placesOf } from './places.ts';
import { runBars } from './runBars.ts';
import type { Evaluated, Sight } from './selectors.ts';
import { countChange } from './text.ts';

let kept: { all: readonly Evaluated[]; of: Map<string, Float32Array>; high: number } | undefined;

/** Share of dead units at each checkpoint by layer, NaN where it is not known; and the largest of all: one scale for all layers. */
function deadOver(all: readonly Evaluated[]): NonNullable<typeof kept> {
  if (kept?.all === all) return kept;
  const of = new Map<string, Float32Array>();
  let high = 0;
  all.forEach(({ whole }, i) => {
    for (const { layer, units, dead } of whole.dead) {
      const shares = of.get(layer) ?? new Float32Array(all.length).fill(Number.NaN);
      shares[i] = dead / units;
      of.set(layer, shares);
      high = Math.max(high, dead / units);
    }
  });
  kept = { all, of, high };
  return kept;
}

function sumOf({ dead }: WholeSet): { dead: number; units: number } {
  return dead.reduce((sum, each) => ({ dead: sum.dead + each.dead, units: sum.units + each.units }), { dead: 0, units: 0 });
}

export function deadGist({ now, before }: Sight): string {
  const { dead, units } = sumOf(now.whole);
  if (units === 0) return 'not measured';
  const change = before ? ` (${countChange(dead - sumOf(before.whole).dead)})` : '';
  return `${number(dead)} of ${number(units)}${dead > 0 || change !== ' (±0)' ? change : ''}`;
}

/** Units that are positive for no picture of the set, by layer, now and over the run. */
export function deadView(state: PageState, sight: Sight): TemplateResult {
  const { all, index, now, before } = sight;
  const { dead } = now.whole;
  if (dead.length === 0) return html`<p>No layer of this network has units that were measured.</p>`;
  const { of, high } = deadOver(all);
  const isAlive = ({ layer }: DeadUnits) => of.get(layer)?.every((share) => !(share > 0)) ?? true;
  const [alive, some] = [dead.filter(isAlive), dead.filter((each) => !isAlive(each))];
  const { x } = placesOf(state, all);
  return html`<p class="small">Units that are positive for no picture of the set.${all.length > 1 && high > 0 ? ` Bars: their share over the run, the highest ${shareText(high)}.` : ''}</p>
    <ul class="layer-rows" data-testid="dead-layers">
      ${some.map((each) => {
        const change = before ? each.dead - (find(before.whole, each.layer)?.dead ?? each.dead) : 0;
        return html`<li class=${classMap({ 'layer-row': true, quiet: each.dead === 0 && change === 0 })}>
          <span class="layer-row-name" title=${each.layer}>${each.layer}</span>
          <span class="layer-row-figure"
            >${number(each.dead)} of ${number(each.units)}<span class=${classMap({ change: true, worse: change > 0, better: change < 0 })}>${change === 0 ? '' : ` ${countChange(change)}`}</span></span
          >
          ${
            all.length > 1 && high > 0
              ? runBars({
                  ...{ testid: 'dead-bars', x, y: of.get(each.layer) ?? new Float32Array(all.length), high, index },
                  label: `${each.layer}: ${counted(each.dead, 'dead unit', 'dead units')} of ${number(each.units)} at ${now.checkpoint.name}`,
                })
              : ''
          }
        </li>`;
      })}
    </ul>
    ${alive.length > 0 ? html`<p class="small" data-testid="alive-layers">${aliveText(alive, dead, all.length)}</p>` : ''}`;
}

/** Layers that there is nothing to draw of. */
function aliveText(alive: readonly DeadUnits[], all: readonly DeadUnits[], checkpoints: number): string {
  const units = alive.reduce((sum, each) => sum + each.units, 0);
  const when = checkpoints > 1 ? ' at any evaluated checkpoint' : '';
  return `None of the ${number(units)} units of ${alive.length === all.length ? `the ${counted(all.length, 'layer', 'layers')}` : namesOf(alive, all)} is dead${when}.`;
}

function find({ dead }: WholeSet, layer: string): DeadUnits | undefined {
  return dead.find((each) => each.layer === layer);
}
