/** What an object, a member or a number takes, in bytes. */
const EACH = 16;

/** About how many bytes of memory a value takes: enough to bound what is kept, and cheap. */
export const weightOf = (value: unknown): number => {
  if (typeof value === 'string') return EACH + value.length;
  if (typeof value !== 'object' || value === null) return EACH;
  if (value instanceof Uint8Array) return EACH + value.byteLength;
  let weight = EACH;
  for (const name in value) weight += name.length + weightOf(value[name as keyof typeof value]); // its own name
  return weight;
};
