import { html, type TemplateResult } from 'lit';
import type { Checkpoint, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { iconButton } from '../../ui/button.ts';
import { select } from '../../ui/select.ts';
import type { Flow } from '../flow.ts';
import { goesView } from '../method/methodView.ts';
import { shownText } from '../method/ownMaps.ts';
import { pairAt } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { readingsView } from './readingsView.ts';

/** The two checkpoints: which they are, the other way round, the pair before and after. */
export function header(state: ComparisonState, subject: ComparisonSubject, flow: Flow): TemplateResult {
  const { from, to, run } = subject;
  const step = (steps: number) => ({ onClick: () => flow.step(steps), disabled: pairAt(subject, steps) === undefined });
  return html`<header class="header comparison-header">
    <div class="comparison-sides" role="group" aria-label="Checkpoints">
      ${sideSelect('from', 'A', from, subject, (id) => flow.turn(id, to.id))}
      ${iconButton({ testid: 'swap', label: 'Swap A and B', icon: 'swap', onClick: () => flow.turn(to.id, from.id) })}
      ${sideSelect('to', 'B', to, subject, (id) => flow.turn(from.id, id))}
      <span class="comparison-steps">
        ${iconButton({ testid: 'pair-before', label: 'Pair before, at the same distance ( [ )', icon: 'left', ...step(-1) })}
        ${iconButton({ testid: 'pair-after', label: 'Pair after, at the same distance ( ] )', icon: 'right', ...step(1) })}
      </span>
    </div>
    <p class="small comparison-run" data-testid="run"><span title=${run}>${run}</span> <span data-testid="shown">${shownText(state)}</span> ${goesView(state)} ${readingsView(state)}</p>
  </header>`;
}

function sideSelect(
  testid: string,
  label: string,
  side: Checkpoint,
  { others, run }: ComparisonSubject,
  onChange: (id: string) => void,
): TemplateResult {
  // One that is not found any more stands in its place all the same.
  const all = others.some(({ id }) => id === side.id) ? others : [side, ...others];
  const options = all.map(({ id, name, gone }) => ({ id, label: gone ? `${name} (files gone)` : name }));
  return select({ testid, label, value: side.id, groups: [{ label: run, options }], onChange });
}
