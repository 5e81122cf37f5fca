/** Does `work` once, however often it is asked for in one turn of the event loop. */
export function oncePerTurn(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    // Not requestAnimationFrame: a hidden page gets no frames but must stay true to its state.
    queueMicrotask(() => {
      asked = false;
      work();
    });
  };
}
