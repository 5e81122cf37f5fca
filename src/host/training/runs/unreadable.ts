/** Checkpoints that hold no network that can be read as data: PyTorch's own, weights alone, and TensorFlow's. */
export const unreadableFiles = '**/*.{pt,pth,ckpt,safetensors,ckpt.index}';

/** Why such a checkpoint is in no run, and what to have written beside it. `label`: path for people. */
export function whyUnreadable(label: string): string {
  if (label.endsWith('.index')) {
    return `${label.replace(/\.index$/, '')} holds weights without their network. Save whole models: with the extension .keras.`;
  }
  const what = label.endsWith('.safetensors') ? 'holds weights without their network' : 'is PyTorch’s own format, which only Python reads';
  return `${label} ${what}. Export the network beside it, at the end of each epoch.`;
}
