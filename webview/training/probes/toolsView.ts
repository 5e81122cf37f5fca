import { html, nothing, type TemplateResult } from 'lit';
import { select } from '../../ui/select.ts';
import { type ProbeOrder, probeOrders } from '../choices.ts';
import type { Flow } from '../flow.ts';
import { pairOf } from '../reading.ts';
import type { PageState } from '../state.ts';

const orderNames: Readonly<Record<ProbeOrder, string>> = {
  data: 'as they come',
  worst: 'worst first',
  moved: 'most moved',
  flipped: 'flipped first',
};

/** Fewer probes are in sight at once: nothing to filter. */
const many = 6;

/** Order and filter of the rows. */
export function toolsView(state: PageState, flow: Flow): TemplateResult {
  const { choices, subject } = state;
  const now = pairOf(state)?.now;
  const order = choices.order ?? 'data';
  return html`<div class="probe-tools">
    ${select({
      ...{ testid: 'order', label: 'Order', value: order },
      groups: [{ label: 'Order', options: probeOrders.map((id) => ({ id, label: orderNames[id] })) }],
      onChange: (id) => flow.choose({ order: probeOrders.find((each) => each === id) }),
    })}
    ${now && (choices.only !== undefined || (subject?.probes.length ?? 0) > many) ? filter(state, flow) : nothing}
  </div>`;
}

function filter(state: PageState, flow: Flow): TemplateResult {
  const now = pairOf(state)?.now;
  const { only } = state.choices;
  const used = new Set([...(now?.truth ?? []), ...(now?.predicted ?? [])].filter((index) => index >= 0));
  const options = (now?.classes ?? []).flatMap((name, index) => (used.has(index) ? [{ id: `class:${name}`, label: name }] : []));
  const called = only?.startsWith('called:') ? [{ id: only, label: `taken for ${only.slice('called:'.length)}` }] : [];
  const known = [...options, ...called];
  const absent = only !== undefined && !known.some(({ id }) => id === only) ? [{ id: only, label: only.slice(only.indexOf(':') + 1) }] : [];
  return select({
    ...{ testid: 'only', label: 'Class', value: only ?? '' },
    groups: [{ label: 'Class', options: [{ id: '', label: 'all classes' }, ...known, ...absent] }],
    onChange: (id) => flow.choose({ only: id === '' ? undefined : id }),
  });
}
