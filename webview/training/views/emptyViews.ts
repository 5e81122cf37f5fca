import { html, nothing, type TemplateResult } from 'lit';
import { button } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';

export function loadingView(): TemplateResult {
  return html`<div class="training-loading" data-testid="loading" role="status" aria-label="Looking for training runs">
    <span class="skeleton line short"></span><span class="skeleton line"></span><span class="skeleton training-block"></span>
  </div>`;
}

/** In Restricted Mode nothing is read before a person asks for it. */
export function offView(flow: Flow): TemplateResult {
  return html`<section class="card empty" data-testid="off">
    <h2 class="question-title">Not following</h2>
    <p>Restricted Mode: Glassbox reads no checkpoint of this workspace before you ask for it.</p>
    <p class="small">Model files are read, never run as code. Following lasts until the window is closed.</p>
    <div class="buttons">
      ${button({ testid: 'follow', label: 'Follow training here', appearance: 'primary', onClick: () => void flow.ask(() => flow.client.call('follow', {})) })}
    </div>
  </section>`;
}

/** At the end of an epoch; the rest is for the recipes in the README. */
const exportLine = 'torch.onnx.export(model.eval(), example, f"checkpoints/epoch_{epoch:02d}.onnx", external_data=False)';

/** What would be found, and how to have something followed that is not. `why`: what there is instead, a sentence. */
export function noneView(flow: Flow, why: string | undefined): TemplateResult {
  return html`<section class="card empty" data-testid="none">
    <h2 class="question-title">No training run</h2>
    ${why === undefined ? nothing : html`<p class="run-notice" data-testid="why-none">${icon('info')}<span>${why}</span></p>`}
    <p>Glassbox looks for checkpoints of one run side by side:</p>
    <ul class="none-list small">
      <li><code>epoch_01</code>, <code>ckpt-200</code>: numbered folders or files</li>
      <li><code>.keras</code>, <code>.h5</code>, <code>.onnx</code> files with a number in their name</li>
      <li>numbered folders with a TensorFlow.js <code>model.json</code></li>
    </ul>
    <p class="small">From PyTorch: <code data-testid="export-line">${exportLine}</code></p>
    <p>They show up here as soon as the training writes them. A file that is overwritten each time can be watched, too.</p>
    <div class="buttons">
      ${button({ testid: 'watch-file', label: 'Watch a file…', appearance: 'primary', onClick: () => void flow.ask(() => flow.client.call('watchFile', {})) })}
      ${button({ testid: 'none-settings', label: 'Set where to look', onClick: () => void flow.ask(() => flow.client.call('showSettings', {})) })}
    </div>
  </section>`;
}
