import { html, nothing, type TemplateResult } from 'lit';

/** What a screen reader says of a page as it changes, and a short notice for everybody, which goes by itself. */
export function announcements({ spoken, notice }: { spoken: string; notice: string | undefined }): TemplateResult {
  return html`<p class="visually-hidden" role="status" aria-live="polite" data-testid="status">${spoken}</p>
    ${noticeView(notice)}`;
}

/** The notice alone, for a page that has nothing to say. */
export function noticeView(notice: string | undefined): TemplateResult | typeof nothing {
  return notice === undefined ? nothing : html`<p class="notice" role="status" data-testid="notice">${notice}</p>`;
}
