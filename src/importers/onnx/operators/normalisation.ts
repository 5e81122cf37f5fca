import type { Operator } from './operator.ts';

export const BatchNormalization: Operator = (n) => {
  n.ignore('momentum', 'is_test');
  if (n.flag('training_mode')) throw n.unsupported('is in training mode; export the model in evaluation mode');
  if (!n.flag('spatial', true)) throw n.unsupported('has spatial 0 (statistics per pixel), which is not supported');
  n.emit(
    'BatchNormalization',
    [0, 1, 2, 3, 4].map((i) => n.value(i)),
    { epsilon: n.float('epsilon', 1e-5) },
  );
};

export const LayerNormalization: Operator = (n) => {
  n.ignore('stash_type');
  const axis = n.axis(n.int('axis', -1), n.shape(0).length);
  const inputs = [n.value(0), n.value(1)];
  if (n.has(2)) inputs.push(n.value(2));
  n.emit('LayerNormalization', inputs, { axis, epsilon: n.float('epsilon', 1e-5) });
};

export const LRN: Operator = (n) => {
  const size = n.int('size', 0);
  if (size < 1) throw n.corrupt(`has size ${size}`);
  n.emit('LRN', [n.value(0)], { size, alpha: n.float('alpha', 1e-4), beta: n.float('beta', 0.75), bias: n.float('bias', 1) });
};

/** Does nothing at inference. The mask, if anything reads it, would be all true: refused rather than invented. */
export const Dropout: Operator = (n) => {
  n.ignore('ratio', 'seed', 'is_test');
  if (n.constants(2, 'training_mode')?.[0]) throw n.unsupported('is in training mode; export the model in evaluation mode');
  n.emit('Identity', [n.value(0)], {});
};
