import type { Store } from '../page/store.ts';
import type { PageState } from './state.ts';

/** Scrolling has come to rest for so long, ms, before it is kept. */
const rest = 200;

/** Keeps how far the page is scrolled, and scrolls there once there is something to scroll: the page is made anew whenever it is shown. */
export function keepScroll(store: Store<PageState>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isThere = store.get().choices.scroll === undefined;
  addEventListener('scroll', () => {
    clearTimeout(timer);
    if (isThere) timer = setTimeout(() => store.set({ choices: { ...store.get().choices, scroll: Math.round(scrollY) } }), rest);
  });
  store.subscribe(() => {
    const { frames, width, choices } = store.get();
    if (isThere || frames.size === 0 || width === 0) return;
    isThere = true;
    // The toolkit's elements have their height a frame after they are there.
    requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, choices.scroll ?? 0)));
  });
}
