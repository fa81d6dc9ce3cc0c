/** The candidate that differs least from `text`, if it differs by so little that it may have been meant. */
export const nearest = (text: string, candidates: readonly string[]): string | undefined => {
  const most = Math.min(3, Math.floor(text.length / 2));
  const judged = candidates.map((candidate) => ({ candidate, edits: editsBetween(text, candidate) }));
  const [best] = judged.filter(({ edits }) => edits <= most).sort((a, b) => a.edits - b.edits);
  return best?.candidate;
};

/** How many characters must be inserted, deleted or replaced (Levenshtein distance). */
const editsBetween = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const replaced = (row[j] ?? 0) + (character === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};
