import { html, nothing, type TemplateResult } from 'lit';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import type { ComparisonState } from '../state.ts';

/** How far the two are read, where that is not all the way. */
export function readingsView({ subject, results }: ComparisonState, flow: Flow): TemplateResult {
  const sides = subject ? (['from', 'to'] as const).filter((side) => subject.from.id !== subject.to.id || side === 'to') : [];
  return html`${sides.map((side) => readingView((subject as NonNullable<typeof subject>)[side], results.frames[side] !== undefined, flow))}`;
}

function readingView(checkpoint: Checkpoint, isRead: boolean, flow: Flow): TemplateResult | typeof nothing {
  const { id, name, reading } = checkpoint;
  switch (reading.state) {
    case 'failed':
      return html`<div class="comparison-reading" data-testid="reading-${name}">${errorView(
        { ...reading.error, message: reading.error.message.includes(name) ? reading.error.message : `${name}: ${reading.error.message}` },
        {
          ...(!checkpoint.gone && { retry: () => void flow.ask(() => flow.client.call('retry', { checkpoint: id })) }),
          showLog: () => flow.showLog(),
        },
      )}</div>`;
    case 'incomplete':
      return line(name, `${name} is not complete: ${reading.why}`);
    case 'running':
      return line(name, `${name} is being read: ${reading.what}${reading.total > 0 ? ` ${reading.done} of ${reading.total}` : ''}`);
    case 'waiting':
      return isRead ? nothing : line(name, `${name} waits to be read.`);
    case 'done':
      return checkpoint.gone ? line(name, `The files of ${name} are gone: what was read of them is shown.`) : nothing;
  }
}

function line(name: string, text: string): TemplateResult {
  return html`<p class="small comparison-reading" role="status" data-testid="reading-${name}">${text}</p>`;
}
