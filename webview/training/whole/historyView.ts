import { html, type TemplateResult } from 'lit';
import { isCorrect } from '../../../src/shared/spaceProtocol.ts';
import { counted } from '../../confusion/text.ts';
import type { PageState } from '../state.ts';
import { placesOf } from './places.ts';
import { runBars } from './runBars.ts';
import type { Evaluated, Sight } from './selectors.ts';

let last: { all: readonly Evaluated[]; row: number; said: Float32Array } | undefined;

/** Of a picture at each checkpoint: how sure the network is, negative where it is wrong; NaN where it is neither right nor wrong. */
export function historyOf(all: readonly Evaluated[], row: number): Float32Array {
  if (last?.all === all && last.row === row) return last.said;
  const said = Float32Array.from(all, ({ whole }) => {
    const right = isCorrect(whole, row);
    const sure = whole.confidence[row] as number;
    return right === undefined ? Number.NaN : right ? sure : -sure;
  });
  last = { all, row, said };
  return said;
}

/** Right or wrong over the run, and how sure. */
export function historyView(state: PageState, sight: Sight, row: number): TemplateResult {
  const { all, index } = sight;
  const said = historyOf(all, row);
  const right = said.filter((value) => value >= 0).length;
  const text = `right at ${right} of ${counted(said.filter((value) => !Number.isNaN(value)).length, 'checkpoint', 'checkpoints')}`;
  return html`<div class="set-history">
    ${runBars({ testid: 'history', label: `Over the run: ${text}`, x: placesOf(state, all).x, y: said, high: 1, signed: true, index })}
    <p class="small">${text}. Up: right, down: wrong; height: how sure.</p>
  </div>`;
}
