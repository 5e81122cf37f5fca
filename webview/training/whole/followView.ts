import { html, nothing, type TemplateResult } from 'lit';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { counted, number } from '../../confusion/text.ts';
import { duration } from '../../draw/format.ts';
import { button } from '../../ui/button.ts';
import { checkbox } from '../../ui/fields.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { evaluated, missing, sightOf } from './selectors.ts';

/** Whether the set is evaluated at each checkpoint, what that costs, and how far it is. */
export function followView(state: PageState, flow: Flow): TemplateResult {
  const set = state.subject?.set;
  if (!set)
    return html`<p class="small" data-testid="no-set">There is no data set here: Glassbox found no folder of images in this workspace to evaluate checkpoints on.</p>`;
  const part = set.count < set.of ? `, evenly taken from ${number(set.of)},` : '';
  return html`<div class="whole-follow">
    ${checkbox('follow-set', `Evaluate all ${number(set.count)} pictures of ${set.label}${part} at each checkpoint`, set.on, (on) => flow.whole.followSet(on))}
    <p class="small" data-testid="follow-about">${costText(state, set.on)}</p>
    ${set.on ? progressView(state, flow) : nothing}
  </div>`;
}

function costText(state: PageState, on: boolean): string {
  const all = evaluated(state);
  const mean = all.reduce((sum, { whole }) => sum + whole.ms, 0) / all.length;
  const cost = all.length === 0 ? 'How long it takes shows with the first one' : `About ${duration(mean)} for each`;
  const what = on || all.length > 0 ? '' : 'Accuracy, confusions, flips, dead units, a map of the features and how far it drifts. ';
  return `${what}${cost}; after the probes, only while this view is visible, and within the budget of the settings.`;
}

function progressView(state: PageState, flow: Flow): TemplateResult {
  const checkpoints = state.subject?.checkpoints ?? [];
  const done = evaluated(state).length;
  const running = checkpoints.find(({ reading }) => reading.state === 'running' && reading.what !== 'probes');
  return html`<p class="whole-progress" role="status" data-testid="whole-progress">
      ${number(done)} of ${counted(checkpoints.length, 'checkpoint', 'checkpoints')} evaluated${running ? `; ${runningText(running)}` : '.'}
    </p>
    ${missingView(state, flow)}`;
}

function runningText({ name, reading }: Checkpoint): string {
  if (reading.state !== 'running') return '';
  return `${name}: ${reading.what}${reading.total > 0 ? ` ${number(reading.done)} of ${number(reading.total)}` : ''}`;
}

/** Why the slider's checkpoint is not told of, and what stands in for it. */
function missingView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const checkpoint = missing(state);
  if (!checkpoint) return nothing;
  const { name, id } = checkpoint;
  const instead = sightOf(state)?.now.checkpoint.name;
  return html`<div class="whole-missing" data-testid="whole-missing">
    <p>${name} ${whyText(checkpoint, state)}${instead === undefined ? '' : ` What stands here is of ${instead}.`}</p>
    ${checkpoint.reading.state === 'failed' ? button({ testid: 'whole-retry', label: `Try ${name} again`, onClick: () => flow.whole.retry(id) }) : nothing}
  </div>`;
}

function whyText({ reading, gone }: Checkpoint, { subject }: PageState): string {
  if (reading.state === 'failed')
    return `could not be evaluated: ${reading.error.message}${reading.error.hint ? ` ${reading.error.hint}` : ''}`;
  if (gone) return 'was not evaluated before its files were gone.';
  if (reading.state === 'incomplete') return `is not complete: ${reading.why}`;
  if (reading.state === 'running') return reading.what === 'probes' ? 'is being read.' : 'is being evaluated.';
  return subject?.paused ? 'is not evaluated: all work is paused.' : 'is not evaluated yet: probes and newer checkpoints come first.';
}
