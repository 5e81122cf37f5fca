import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import { percent } from '../../draw/format.ts';
import { icon } from '../../ui/icons.ts';
import { rowOf } from '../reading.ts';

/** What a checkpoint says of a probe, in words. `was`: of the checkpoint that was read before it. */
export function verdictView(now: ProbeFrames, was: ProbeFrames | undefined, image: string): TemplateResult {
  const row = rowOf(now, image);
  const error = errorOf(now, row);
  if (error) return failed(error);
  if (row < 0) return html`<p class="small">Not read yet.</p>`;
  const [truth, predicted] = [now.truth[row] as number, now.predicted[row] as number];
  const name = now.classes[predicted] ?? '–';
  if (!now.scored)
    return html`<p class="verdict" data-testid="verdict" data-right="unknown">
      <span class="verdict-class">largest: ${name}</span>
    </p>
    <p class="small">No probabilities: the outputs are no class scores.</p>`;
  const right = truth < 0 ? undefined : truth === predicted;
  const mark = right === undefined ? nothing : icon(right ? 'check' : 'close');
  return html`<p class="verdict ${right === undefined ? '' : right ? 'right' : 'wrong'}" data-testid="verdict" data-right=${right ?? 'unknown'}>
      ${mark}<span class="visually-hidden">${right === undefined ? 'predicted' : right ? 'right:' : 'wrong:'}</span
      ><span class="verdict-class" title=${name}>${name}</span><span class="verdict-share">${share(now.confidence[row])}</span>
    </p>
    ${right === false ? html`<p class="verdict-truth small">true: <span>${now.classes[truth] ?? ''}</span> <span class="verdict-share">${share(now.trueProbability[row])}</span></p>` : nothing}
    ${right === undefined ? html`<p class="small">True class not known.</p>` : nothing} ${changed(now, was, image, predicted)}`;
}

/** What was predicted before, where that is another class. */
function changed(now: ProbeFrames, was: ProbeFrames | undefined, image: string, predicted: number): TemplateResult | typeof nothing {
  const row = was ? rowOf(was, image) : -1;
  const earlier = was?.classes[was.predicted[row] as number];
  if (earlier === undefined || earlier === now.classes[predicted]) return nothing;
  return html`<p class="verdict-was small" data-testid="verdict-was">${icon('swap')}<span>was ${earlier}</span></p>`;
}

function failed({ message, hint }: ErrorRecord): TemplateResult {
  return html`<p class="probe-error" data-testid="probe-error">${icon('error')}<span>${message} ${hint ?? ''}</span></p>`;
}

export function errorOf({ errors }: ProbeFrames, row: number): ErrorRecord | undefined {
  return errors.find((each) => each.row === row)?.error;
}

export function share(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : percent(value);
}
