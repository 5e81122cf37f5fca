import { html, nothing, type TemplateResult } from 'lit';
import type { Checkpoint, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import type { ComparisonState } from '../state.ts';

/** Why one of the two could not be read. */
export function failuresView({ subject }: ComparisonState, flow: Flow): TemplateResult {
  return html`${sidesOf(subject).map((checkpoint) => failureView(checkpoint, flow))}`;
}

/** How far the two are read, where that is not all the way; stands where it moves nothing. */
export function readingsView({ subject, results }: ComparisonState): TemplateResult {
  return html`${sidesOf(subject).map((checkpoint) => readingView(checkpoint, results.frames[checkpoint.id === subject?.to.id ? 'to' : 'from'] !== undefined))}`;
}

function sidesOf(subject: ComparisonSubject | undefined): Checkpoint[] {
  if (!subject || subject.trouble) return [];
  return subject.from.id === subject.to.id ? [subject.to] : [subject.from, subject.to];
}

function failureView(checkpoint: Checkpoint, flow: Flow): TemplateResult | typeof nothing {
  const { id, name, reading } = checkpoint;
  if (reading.state !== 'failed') return nothing;
  return html`<div class="comparison-reading" data-testid="reading-${name}">${errorView(
    { ...reading.error, message: reading.error.message.includes(name) ? reading.error.message : `${name}: ${reading.error.message}` },
    {
      ...(!checkpoint.gone && { retry: () => void flow.ask(() => flow.client.call('retry', { checkpoint: id })) }),
      showLog: () => flow.showLog(),
    },
  )}</div>`;
}

function readingView({ name, reading, gone }: Checkpoint, isRead: boolean): TemplateResult | typeof nothing {
  switch (reading.state) {
    case 'failed':
      return nothing;
    case 'incomplete':
      return line(name, `${name} is not complete: ${reading.why}`);
    case 'running':
      return line(name, `${name} is being read: ${reading.what}${reading.total > 0 ? ` ${reading.done} of ${reading.total}` : ''}`, 'off');
    case 'waiting':
      return isRead ? nothing : line(name, `${name} waits to be read.`);
    case 'done':
      return gone ? line(name, `The files of ${name} are gone: what was read of them is shown.`) : nothing;
  }
}

/** Every step of a progress need not be heard. */
function line(name: string, text: string, live: 'polite' | 'off' = 'polite'): TemplateResult {
  return html`<span class="comparison-reading" aria-live=${live} data-testid="reading-${name}">${text}</span>`;
}
