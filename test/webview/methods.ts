import { methods as built } from '../../src/explain/methods/index.ts';
import type { MethodInfo } from '../../src/shared/protocol.ts';

/** The real list: what the panel shows follows it. */
export const methods: readonly MethodInfo[] = built.map((method) => method.info);

export function methodInfo(id: string): MethodInfo {
  const found = methods.find((m) => m.id === id);
  if (!found) throw new Error(`There is no method ${id}.`);
  return found;
}

/** The list with one method's description changed. */
export function withMethod(id: string, patch: Partial<MethodInfo>): readonly MethodInfo[] {
  return methods.map((m) => (m.id === id ? { ...m, ...patch } : m));
}
