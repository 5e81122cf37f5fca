// Preloaded into VS Code's extension host by the editor benchmark: writes the longest time its event loop was blocked, in ms.
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { writeFileSync } = require('node:fs');

if (process.env.GLASSBOX_LOOP_FILE && /extensionHostProcess/.test(process.env.VSCODE_ESM_ENTRYPOINT ?? '')) {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  setInterval(() => {
    writeFileSync(process.env.GLASSBOX_LOOP_FILE, JSON.stringify({ at: Date.now(), maxMs: delay.max / 1e6 }));
    delay.reset();
  }, 250).unref();
}
