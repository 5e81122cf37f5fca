/** Does something with each, so many at once. The first failure is thrown, when those under way are done. */
export async function inParallel<T>(all: readonly T[], atOnce: number, act: (each: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < all.length) await act(all[next++] as T);
  };
  const done = await Promise.allSettled(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  const failed = done.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
