import type { NodeProto } from '../../formats/onnx/types.ts';

/** PyTorch's exporter since 2.5 says under this key in which modules a node stands, as Python writes a list of names. */
const scopesKey = 'pkg.torch.onnx.name_scopes';
/** Deeper nesting, or anything else in the list's place, is not read. */
const longestList = 4096;
const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;

/**
 * PyTorch's new exporter calls nodes `node_conv2d_3` and keeps the modules that they stand in apart. Their names make a path, as
 * its old exporter calls nodes: `/layer1/layer1.0/conv1/Conv`. Undefined: the file says nothing of modules.
 */
export function modulePath({ opType, metadata }: NodeProto): string | undefined {
  const modules = modulesOf(metadata?.[scopesKey] ?? '');
  return modules && ['', ...modules, opType].join('/');
}

/** `['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_3']`: the whole, its modules with their paths, the function called. */
function modulesOf(list: string): string[] | undefined {
  if (!/^\[.*\]$/.test(list) || list.length > longestList) return undefined;
  const [whole, ...scopes] = Array.from(list.matchAll(quoted), ([, single, double]) => single ?? double ?? '');
  if (whole !== '' || scopes.length === 0) return undefined;
  let [path, label] = ['', ''];
  return scopes.slice(0, -1).map((scope) => {
    const own = path !== '' && scope.startsWith(`${path}.`) ? scope.slice(path.length + 1) : scope;
    // Modules of a sequence have numbers for names.
    label = /^\d+$/.test(own) && label !== '' ? `${label}.${own}` : own;
    path = scope;
    return label;
  });
}
