import { html, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';

/** Why there is nothing to show. What the model's file leaves open is asked where a picture is explained. */
export function failureView({ failure, subject }: SpaceState, flow: Flow): TemplateResult {
  if (!failure) return html``;
  const ask = () =>
    flow.ask(async (generation) => {
      const image = await flow.client.call('chooseImage', { generation });
      if (image) await flow.client.call('explainImages', { generation, images: [image.path] });
    });
  return html`<section class="card">
    ${errorView(failure, {
      retry: () => flow.retry(),
      ask: () => void ask(),
      askLabel: 'Choose a picture…',
      showLog: () => flow.showLog(),
      ...(subject && { chooseModel: () => void flow.chooseModel() }),
    })}
    ${failure.question ? html`<p class="small" data-testid="question-note">The page that explains a picture asks for what is missing; once it is answered, this page goes on.</p>` : ''}
  </section>`;
}
