import { type ReadonlySignal, signal } from '@preact/signals';
import type { Drafts } from '../../state/drafts.ts';

const MOST = 20;
const NAME = 'saved-queries';

/** Queries that were kept for another time, newest first. */
export interface Saved {
  readonly list: ReadonlySignal<readonly string[]>;
  add(text: string): void;
}

export const createSaved = (drafts: Drafts): Saved => {
  const list = signal(read(drafts.read(NAME)));
  return {
    list,
    add(text) {
      list.value = [text, ...list.value.filter((other) => other !== text)].slice(0, MOST);
      drafts.write(NAME, JSON.stringify(list.value));
    },
  };
};

const read = (text: string | undefined): readonly string[] => {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
};
