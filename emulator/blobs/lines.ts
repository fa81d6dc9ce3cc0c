import { BlobError } from './blob-error.ts';

/** Characters. The largest line that the service exports, a device with its twin, has about 150,000. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Lines of UTF-8, without line ends and without an empty last line. Throws BlobError for a line that is too long; `action`
 * begins the text of the error.
 */
export async function* splitLines(pieces: AsyncIterable<Uint8Array>, action: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of pieces) {
    const text = decoder.decode(bytes, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield withoutReturn(rest + text.slice(start, end));
      rest = '';
      start = end + 1;
    }
    // the old text is not searched again: a line in many pieces costs no more than in proportion to its length
    rest += text.slice(start);
    if (rest.length > LONGEST_LINE)
      throw new BlobError(`${action}: a line is longer than ${LONGEST_LINE} characters; expected one object per line`);
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
