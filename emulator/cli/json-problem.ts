/** What is wrong with a JSON text and where, in words; undefined if it is valid. */
export const jsonProblem = (text: string): string | undefined => {
  if (messageOf(text) === undefined) return undefined;
  const at = firstFailure(text);
  const before = text.slice(0, at);
  const found = at >= text.length ? 'the text ends too early' : `${JSON.stringify(text[at])} is not expected here`;
  const place = `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
  return `${place}: ${found}${advice(text, at)}`;
};

/** What JSON.parse says; undefined if the text is valid. */
const messageOf = (text: string): string | undefined => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** The length of the longest beginning that could still become JSON: V8 tells the position only in some messages. */
const firstFailure = (text: string): number => {
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (couldGoOn(text.slice(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
};

const couldGoOn = (beginning: string): boolean => {
  const message = messageOf(beginning);
  if (message === undefined || /end of JSON input|Unterminated/.test(message)) return true;
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  return position !== undefined && Number(position) >= beginning.length;
};

const advice = (text: string, at: number): string => {
  const found = text[at] ?? '';
  if (found === "'") return '; JSON has double quotes';
  if (/[}\]]/.test(found) && /,\s*$/.test(text.slice(0, at))) return '; JSON has no comma before a closing bracket';
  return /[A-Za-z_]/.test(found) ? '; names and texts need double quotes' : '';
};
