import { html, nothing, type TemplateResult } from 'lit';
import type { Checkpoint, Probe } from '../../../src/shared/trainingProtocol.ts';
import { iconButton } from '../../ui/button.ts';
import { moveFocus } from '../../ui/focus.ts';
import type { Flow } from '../flow.ts';

export interface RowMenuOptions {
  probe: Probe;
  open: boolean;
  /** At the slider. */
  checkpoint: Checkpoint | undefined;
  /** What it can be compared with. */
  others: readonly { checkpoint: Checkpoint; about: string }[];
}

interface Item {
  id: string;
  label: string;
  about: string;
  act: () => unknown;
  disabled?: boolean;
}

/** What can be done with a probe. */
export function rowMenu({ probe, open, checkpoint, others }: RowMenuOptions, flow: Flow): TemplateResult {
  const close = (event: FocusEvent) => {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) flow.show({ menu: undefined });
  };
  return html`<div class="menu-anchor" @focusout=${open ? close : nothing} @keydown=${(event: KeyboardEvent) => onKey(event, flow)}>
    ${iconButton({ testid: 'row-menu', label: `More for ${probe.name}`, icon: 'more', onClick: () => flow.show({ menu: open ? undefined : probe.path }) })}
    ${open ? menu(probe, items({ probe, checkpoint, others }, flow), flow) : nothing}
  </div>`;
}

function items({ probe, checkpoint, others }: Omit<RowMenuOptions, 'open'>, { client }: Flow): Item[] {
  const { path: image, pinned } = probe;
  const at = checkpoint?.id;
  return [
    ...(at === undefined || !checkpoint
      ? []
      : [
          {
            ...{ id: 'explain', label: 'Open explanation', disabled: checkpoint.gone },
            about: checkpoint.gone ? `The files of ${checkpoint.name} are gone.` : `by ${checkpoint.name}`,
            act: () => client.call('openProbe', { checkpoint: at, image }),
          },
          ...others.map((other) => ({
            ...{ id: `compare-${other.checkpoint.name}`, label: `Compare with ${other.checkpoint.name}`, about: other.about },
            act: () => {
              // The earlier one first.
              const [from, to] = other.checkpoint.at <= checkpoint.at ? [other.checkpoint.id, at] : [at, other.checkpoint.id];
              return client.call('compare', { from, to, image });
            },
          })),
        ]),
    pinned
      ? { id: 'unpin', label: 'Unpin', about: 'followed as long as the sample has it', act: () => client.call('removeProbe', { image }) }
      : { id: 'pin', label: 'Pin', about: 'stays, whatever the sample', act: () => client.call('pinProbe', { image }) },
    ...(pinned
      ? []
      : [{ id: 'remove', label: 'Remove', about: 'left out of the sample', act: () => client.call('removeProbe', { image }) }]),
  ];
}

function menu({ name }: Probe, all: readonly Item[], flow: Flow): TemplateResult {
  const act = (item: Item) => {
    if (item.disabled) return;
    flow.show({ menu: undefined });
    void flow.ask(async () => item.act());
  };
  return html`<div class="menu" role="menu" aria-label=${name} data-testid="row-menu-items">
    ${all.map(
      (item) => html`<button
        class="menu-item"
        role="menuitem"
        data-testid="row-${item.id}"
        aria-disabled=${item.disabled ? 'true' : nothing}
        @click=${() => act(item)}
      >
        <span>${item.label}</span><span class="small">${item.about}</span>
      </button>`,
    )}
  </div>`;
}

function onKey(event: KeyboardEvent, flow: Flow): void {
  const anchor = event.currentTarget as HTMLElement;
  const menu = anchor.querySelector<HTMLElement>('[role=menu]');
  if (!menu) return;
  if (event.key === 'Escape') {
    event.stopPropagation();
    anchor.querySelector<HTMLElement>('[data-testid=row-menu]')?.focus();
    flow.show({ menu: undefined });
  } else if (moveFocus(event, [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')])) {
    event.preventDefault();
  }
}
