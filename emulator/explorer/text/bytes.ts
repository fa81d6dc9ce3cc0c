/** A size for people: `0.4 KB`. */
export const kilobytes = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

export const toBytes = (body: string | { readonly base64: string }): Uint8Array =>
  typeof body === 'string'
    ? new TextEncoder().encode(body)
    : Uint8Array.from(atob(body.base64), (character) => character.charCodeAt(0));

/** Sixteen bytes a line: offset, hexadecimal, printable characters. */
export const hexDump = (bytes: Uint8Array, most = 4096): string => {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, most); at += 16) lines.push(hexLine(bytes, at));
  if (bytes.length > most) lines.push(`… ${bytes.length - most} more bytes`);
  return lines.join('\n');
};

const hexLine = (bytes: Uint8Array, at: number): string => {
  const row = [...bytes.subarray(at, at + 16)];
  const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`;
};

/** JSON over several lines if it is JSON, else the text as it is. */
export const prettyJson = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
