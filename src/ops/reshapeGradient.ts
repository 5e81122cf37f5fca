import type { GradContext } from './op.ts';

/** Gradient of what only changes the shape: back to the shape of the input. */
export function reshapeGradient({ node, b, grad }: GradContext<'Reshape' | 'Flatten' | 'Squeeze' | 'Unsqueeze'>): (() => string)[] {
  const regroup = 'regroup' in node.attrs && node.attrs.regroup ? { regroup: true as const } : {};
  return [() => b.op('Reshape', [grad], { shape: b.shape(node.inputs[0] as string), ...regroup })];
}
