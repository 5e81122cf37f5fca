import type * as vscode from 'vscode';

const key = 'chosenImages';
const most = 50;

/** Pictures that a person chose to find similar ones of, kept per workspace: they need not be of the data set. */
export class ChosenImages {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Absolute paths, those chosen last first. */
  get all(): readonly string[] {
    return this.#state.get<readonly string[]>(key, []);
  }

  async add(path: string): Promise<void> {
    await this.#state.update(key, [path, ...this.all.filter((each) => each !== path)].slice(0, most));
  }
}
