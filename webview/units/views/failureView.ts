import { html, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';

/** Why there is nothing to show. What the model's file leaves open is asked where a picture is explained. */
export function failureView({ failure, subject }: UnitsState, flow: Flow): TemplateResult {
  if (!failure) return html``;
  const { image } = subject ?? {};
  const ask = () =>
    flow.ask((generation) =>
      image ? flow.client.call('explainImage', { generation, image: image.path }) : flow.client.call('chooseImage', { generation }),
    );
  return html`<section class="card">
    ${errorView(failure, {
      retry: () => flow.retry(),
      ask: () => void ask(),
      askLabel: image ? `Explain ${image.name}` : 'Choose a picture…',
      showLog: () => flow.showLog(),
      ...(subject && { chooseModel: () => void flow.chooseModel() }),
    })}
    ${failure.question ? html`<p class="small" data-testid="question-note">The page that explains a picture asks for what is missing; once it is answered, this page goes on.</p>` : ''}
  </section>`;
}
