import { type SVGTemplateResult, svg } from 'lit';

/** 16 × 16 icons in the manner of the editor's own. */
const paths = {
  pin: svg`<path d="M5.5 1.5h5M6.5 1.5v5l-2.5 3h8l-2.5-3v-5M8 9.5v5" />`,
  pinned: svg`<path class="filled" d="M5.5 1.5h5M6.5 1.5v5l-2.5 3h8l-2.5-3v-5M8 9.5v5" />`,
  save: svg`<path d="M8 1.5v8.5M4.5 6.8 8 10.3l3.5-3.5M2 11v3.5h12V11" />`,
  chevron: svg`<path d="m3.5 6 4.5 4.5L12.5 6" />`,
  left: svg`<path d="M10 3.5 5.5 8l4.5 4.5" />`,
  right: svg`<path d="M6 3.5 10.5 8 6 12.5" />`,
  eye: svg`<path d="M1.3 8C2.8 5.2 5.2 3.8 8 3.8S13.2 5.2 14.7 8C13.2 10.8 10.8 12.2 8 12.2S2.8 10.8 1.3 8Z" /><circle cx="8" cy="8" r="2.1" />`,
  plus: svg`<path d="M8 3v10M3 8h10" />`,
  minus: svg`<path d="M3 8h10" />`,
  fit: svg`<path d="M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5" />`,
  lasso: svg`<path d="M8 2.5c3.6 0 6 1.7 6 3.8s-2.4 3.8-6 3.8-6-1.7-6-3.8 2.4-3.8 6-3.8ZM4.6 9.6c-1.2.4-1.6 1.6-.8 2.2.8.6 2-.1 1.7-1M4.4 12c.2 1 .9 1.7 2.1 1.9" />`,
  close: svg`<path d="m3.5 3.5 9 9M12.5 3.5l-9 9" />`,
  check: svg`<path d="m2.5 8.5 3.5 3.5 7.5-8" />`,
  warning: svg`<path d="M8 2 1.5 13.5h13L8 2ZM8 6.5v3.5M8 11.3v1" />`,
  error: svg`<circle cx="8" cy="8" r="6.5" /><path d="m5.5 5.5 5 5M10.5 5.5l-5 5" />`,
  info: svg`<circle cx="8" cy="8" r="6.5" /><path d="M8 7v4.5M8 4.3v1.2" />`,
  swap: svg`<path d="M2.5 5.5h10M9.5 2.5l3 3-3 3M13.5 10.5h-10M6.5 7.5l-3 3 3 3" />`,
  refused: svg`<circle cx="8" cy="8" r="6" /><path d="m3.8 3.8 8.4 8.4" />`,
  clock: svg`<circle cx="8" cy="8" r="6" /><path d="M8 4.5V8l2.5 1.8" />`,
  play: svg`<path d="M5 3.5v9l7-4.5-7-4.5Z" />`,
  pause: svg`<path d="M6 4v8M10 4v8" />`,
  search: svg`<circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 4 4" />`,
  reveal: svg`<path d="M9 2H3.5v12h9V5.5L9 2ZM9 2v3.5h3.5M6 9.5h4M8.2 7.6l1.9 1.9-1.9 1.9" />`,
  units: svg`<path d="M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z" />`,
  similar: svg`<path d="M2 1.5V14h12.5" /><circle cx="5.5" cy="10" r="1.3" /><circle cx="7.3" cy="6.4" r="1.3" /><circle cx="12.3" cy="3.7" r="1.3" /><circle cx="9.6" cy="9.4" r="1.3" />`,
  more: svg`<path class="filled" d="M2.8 8a.7.7 0 1 0 1.4 0 .7.7 0 0 0-1.4 0ZM7.3 8a.7.7 0 1 0 1.4 0 .7.7 0 0 0-1.4 0ZM11.8 8a.7.7 0 1 0 1.4 0 .7.7 0 0 0-1.4 0Z" />`,
  settings: svg`<path d="M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14" /><circle cx="10.2" cy="4.5" r="1.7" /><circle cx="5.8" cy="11.5" r="1.7" />`,
  newest: svg`<path d="M3 3.5 7.5 8 3 12.5M8 3.5 12.5 8 8 12.5" />`,
  model: svg`<circle cx="3" cy="4" r="1.5" /><circle cx="3" cy="12" r="1.5" /><circle cx="13" cy="8" r="1.5" /><path d="m4.4 4.6 7.2 2.8M4.4 11.4l7.2-2.8" />`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof paths;

export function icon(name: IconName, slot?: string): SVGTemplateResult {
  return svg`<svg class="icon" slot=${slot ?? ''} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${paths[name]}</svg>`;
}
