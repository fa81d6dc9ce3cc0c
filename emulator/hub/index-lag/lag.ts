import { parseDuration } from '../../kernel/duration.ts';

/** When queries see a write: at once, after so many ms, or when they are released. */
export type Lag = 'immediate' | 'manual' | { readonly ms: number };

/** Reads `immediate`, `manual` or `lag:30s`; undefined for anything else. */
export const readLag = (text: string): Lag | undefined => {
  if (text === 'immediate' || text === 'manual') return text;
  const ms = text.startsWith('lag:') ? parseDuration(text.slice(4)) : undefined;
  return ms === undefined ? undefined : { ms };
};
