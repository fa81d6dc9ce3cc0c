import { isUtf8 } from 'node:buffer';

/** Bytes of a body that are kept. */
const MOST_KEPT = 4096;

/** The beginning of a body, and how long the body is, bytes or characters. */
export interface Excerpt {
  /** Bytes have a character each: a text takes less memory than a buffer. */
  readonly kept: string;
  readonly areBytes: boolean;
  readonly length: number;
}

/** Keeps a short body, or the beginning of a long one. Bytes are copied: they are part of what the socket has read. */
export const excerptOf = (body: string | Uint8Array): Excerpt => {
  const { length } = body;
  if (typeof body === 'string' && length <= MOST_KEPT) return { kept: body, areBytes: false, length };
  // a slice of a string would keep all of it in memory
  const bytes = typeof body === 'string' ? Buffer.from(body.slice(0, MOST_KEPT)) : bufferOf(body);
  return { kept: bytes.toString('latin1', 0, MOST_KEPT), areBytes: true, length };
};

/** For people: keys are masked; bytes that are not text are in base64. */
export const textOf = ({ kept, areBytes, length }: Excerpt): string => {
  const text = masked(areBytes ? plain(Buffer.from(kept, 'latin1'), length > kept.length) : kept);
  return length > MOST_KEPT ? `${text}… (${length} in all)` : text;
};

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const plain = (bytes: Buffer, isCut: boolean): string =>
  // a cut may go through a character
  isUtf8(bytes) || (isCut && isUtf8(bytes.subarray(0, bytes.length - 3)))
    ? bytes.toString('utf8')
    : `base64:${bytes.toString('base64')}`;

/** Without the secrets of tokens, connection strings and identities. */
export const masked = (text: string): string =>
  text
    .replace(/(sig=)[^&;"\s]*/g, '$1••••')
    .replace(/(SharedAccessKey=)[^;"\s]*/g, '$1••••')
    .replace(/("(?:primary|secondary)Key"\s*:\s*")[^"]*/g, '$1••••');
