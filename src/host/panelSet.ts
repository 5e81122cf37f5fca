import * as vscode from 'vscode';

/** A panel as the set of its kind knows it. */
interface OpenPanel extends vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly subject: { readonly pinned: boolean };
}

/** The open panels of one kind, in order of creation. */
export class PanelSet<P extends OpenPanel> {
  readonly #context: string;
  readonly #icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri };
  readonly #panels = new Set<P>();
  #lastActive: P | undefined;

  /** `context`: key that tells menus whether the panel in front is pinned. */
  constructor(context: string, extensionUri: vscode.Uri) {
    this.#context = context;
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `panel-${theme}.svg`);
    this.#icon = { light: icon('light'), dark: icon('dark') };
  }

  [Symbol.iterator](): Iterator<P> {
    return this.#panels.values();
  }

  find(fits: (each: P) => boolean): P | undefined {
    return [...this.#panels].find(fits);
  }

  get active(): P | undefined {
    return this.find((each) => each.panel.active);
  }

  /** The panel a person means who is looking elsewhere: the one in front, else the one that was last. */
  get recent(): P | undefined {
    return this.active ?? this.#lastActive ?? this.last;
  }

  get last(): P | undefined {
    return [...this.#panels].at(-1);
  }

  /** Takes a new panel in; it leaves, and is disposed of, when it is closed. */
  add(opened: P): void {
    const { panel } = opened;
    panel.iconPath = this.#icon;
    this.#panels.add(opened);
    this.#lastActive = opened;
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#lastActive = opened;
      this.changed();
    });
    panel.onDidDispose(() => {
      this.#panels.delete(opened);
      if (this.#lastActive === opened) this.#lastActive = undefined;
      opened.dispose();
      this.changed();
    });
    this.changed();
  }

  /** Tells menus whether the active panel is pinned. */
  changed(): void {
    void vscode.commands.executeCommand('setContext', this.#context, this.active?.subject.pinned === true);
  }
}
