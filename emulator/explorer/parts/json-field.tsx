import type { Signal } from '@preact/signals';
import type { Json } from '../../../protocol/json.ts';
import { Problem } from './text.tsx';

export type Read = { readonly value: Json } | { readonly problem: string };

/** Parses JSON; says in words what is wrong with it. */
export const readJson = (text: string): Read => {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `This is not valid JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
};

interface JsonFieldProps {
  readonly label: string;
  readonly text: Signal<string>;
  readonly rows?: number;
  /** An empty field is fine, too. */
  readonly optional?: boolean;
}

export const JsonField = ({ label, text, rows = 5, optional }: JsonFieldProps) => {
  const read = optional && text.value.trim() === '' ? undefined : readJson(text.value);
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        rows={rows}
        spellcheck={false}
        value={text}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      {read !== undefined && 'problem' in read && <Problem>{read.problem}</Problem>}
    </label>
  );
};
