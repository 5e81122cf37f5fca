/** The part of the editor's log channel that the vscode-free parts of the host need. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
