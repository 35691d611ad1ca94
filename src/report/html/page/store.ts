import type { PageState } from '../page-data.ts';

/** What the reader has chosen; every part of the page follows it. */
export interface Choice {
  /** Place of a row; undefined when none is selected. */
  readonly selected: number | undefined;
  /** Words that all have to occur in a row, in lower case. */
  readonly words: readonly string[];
  /** States that are shown; empty shows all. */
  readonly states: readonly PageState[];
}

/** The page's one piece of state. */
export interface Store {
  readonly choice: Choice;
  change(part: Partial<Choice>): void;
  /** Calls back after every change, and tells what it was before. */
  onChange(react: (choice: Choice, before: Choice) => void): void;
}

/** Shows every row and selects none. Reactions are called in the order in which they were added. */
export function createStore(): Store {
  const reactions: ((choice: Choice, before: Choice) => void)[] = [];
  let choice: Choice = { selected: undefined, words: [], states: [] };
  return {
    get choice() {
      return choice;
    },
    change(part) {
      const before = choice;
      choice = { ...choice, ...part };
      for (const react of reactions) react(choice, before);
    },
    onChange: (react) => void reactions.push(react),
  };
}
