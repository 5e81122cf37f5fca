// Stands in for @vscode/native-watchdog in the VS Code server, a native module that would have to be compiled:
// ends the extension host when the server that started it is gone.
exports.start = (parent) => {
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch {
      process.exit(87);
    }
  }, 1000).unref();
};

exports.exit = (code) => process.exit(code ?? 0);
