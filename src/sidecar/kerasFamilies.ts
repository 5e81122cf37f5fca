import type { Preprocessing } from '../shared/sidecar.ts';
import { findCandidate } from './candidates.ts';

/**
 * How the families of keras.applications are fed, by the name that their models have in the file: `preprocess_input` of each
 * module and the modes of imagenet_utils.py (Keras 3.15). EfficientNet, EfficientNetV2, MobileNetV3, ConvNeXt, RegNet and
 * ResNetRS rescale by layers of their own; where those are missing they were built without and nothing is known.
 */
const families: readonly { names: RegExp; mode: 'caffe' | 'tf' | 'torch' }[] = [
  { names: /^vgg(16|19)$/, mode: 'caffe' },
  { names: /^resnet(50|101|152)$/, mode: 'caffe' },
  { names: /^resnet(50|101|152)v2$/, mode: 'tf' },
  { names: /^inception_v3$/, mode: 'tf' },
  { names: /^inception_resnet_v2$/, mode: 'tf' },
  { names: /^xception$/, mode: 'tf' },
  { names: /^mobilenet(v2)?(_\d+\.\d+_(\d+|none))?$/, mode: 'tf' },
  { names: /^nasnet(_(mobile|large))?$/, mode: 'tf' },
  { names: /^densenet(121|169|201)?$/, mode: 'torch' },
];

const candidates = { caffe: 'caffe', tf: 'signed', torch: 'torch' } as const;

/** What a model of this name is fed if it is what it is called; undefined for all other names. A second model has `_1` behind it. */
export function kerasPreprocessing(modelName: string): { mode: string; preprocessing: Preprocessing } | undefined {
  const name = modelName.toLowerCase();
  const family = families.find(({ names }) => names.test(name) || names.test(name.replace(/_\d$/, '')));
  return family && { mode: family.mode, preprocessing: findCandidate(candidates[family.mode]).preprocessing };
}
