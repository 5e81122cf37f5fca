/** Codicons by what a layer does; the first that fits. Kinds are the files' own: Conv2D, CONV_2D, DepthwiseConv2dNative, Conv. */
const icons: readonly [kind: RegExp, icon: string][] = [
  [/transpose.*conv|conv.*transpose|upsampl|resize|depthtospace|unpool/, 'unfold'],
  [/conv/, 'symbol-array'],
  [/pool|reducemean|reducemax|^mean$/, 'fold'],
  [/softmax/, 'graph'],
  [/relu|sigmoid|tanh|swish|silu|gelu|elu$|selu|mish|^activation|hard|softplus|softsign|erf|clip|minimum|maximum/, 'pulse'],
  [/norm|lrn/, 'symbol-ruler'],
  [/dense|gemm|matmul|fullyconnected|linear|innerproduct/, 'type-hierarchy'],
  [/^add(v2)?$|^sum$|^addn$/, 'git-merge'],
  [/concat/, 'combine'],
  [/attention/, 'target'],
  [/flatten|reshape|squeeze|expanddims/, 'list-flat'],
  [/transpose|permute|shuffle/, 'arrow-swap'],
  [/pad|crop|slice|split|gather/, 'screen-normal'],
  [/dropout|identity|noise|^cast$/, 'dash'],
  [/input|placeholder/, 'sign-in'],
  [/mul|sub|div|add|bias|average|rescaling|pow|sqrt|exp|neg|abs/, 'symbol-operator'],
];

export function kindIcon(kind: string): string {
  const plain = kind.toLowerCase().replaceAll(/[_\s]/g, '');
  return icons.find(([fits]) => fits.test(plain))?.[1] ?? 'symbol-misc';
}

/** Layers that hold most of the weights stand out. */
export function isWeighty(kind: string): boolean {
  return ['symbol-array', 'type-hierarchy', 'unfold'].includes(kindIcon(kind)) && !/upsampl|resize|depthtospace|unpool/i.test(kind);
}
