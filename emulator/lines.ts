/**
 * Lines of UTF-8, without line ends and without an empty last line. Only LF ends a line, or CRLF: in JSON, what Node's readline takes
 * for line ends besides, U+2028 and U+2029, is text.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of pieces) {
    const lines = decoder.decode(bytes, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield withoutReturn(rest + line);
      rest = '';
    }
    rest += last;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
