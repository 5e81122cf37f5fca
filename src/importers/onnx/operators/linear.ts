import type { Operator } from './operator.ts';

export const Gemm: Operator = (n) => {
  const attrs = { transA: n.flag('transA'), transB: n.flag('transB'), alpha: n.float('alpha', 1), beta: n.float('beta', 1) };
  const inputs = [n.value(0), n.value(1)];
  if (n.has(2)) inputs.push(n.value(2));
  n.emit('Gemm', inputs, attrs);
};

export const MatMul: Operator = (n) => {
  n.emit('MatMul', [n.value(0), n.value(1)], {});
};
