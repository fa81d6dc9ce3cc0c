import type { ReadonlySignal } from '@preact/signals';

export interface EditorProblem {
  readonly problem: string;
  /** Where in the text, if that can be told. */
  readonly position?: number;
}

/** A name that can be typed here. */
export interface Completion {
  readonly label: string;
  readonly detail?: string;
  readonly kind: 'property' | 'keyword' | 'function';
}

export interface CodeEditorProps {
  readonly label: string;
  readonly language: 'json' | 'query';
  readonly text: ReadonlySignal<string>;
  readonly change: (text: string) => void;
  /** Ctrl or ⌘ with Enter. */
  readonly submit?: () => unknown;
  readonly placeholder?: string;
  readonly problem?: EditorProblem | undefined;
  readonly completions?: () => readonly Completion[];
  /** The key `e` goes here. */
  readonly isEdited?: boolean;
}

/** What the editor, loaded with the first one, does for one element. */
export interface EditorView {
  set(text: string): void;
  show(problem: EditorProblem | undefined): void;
  focus(): void;
  destroy(): void;
}
