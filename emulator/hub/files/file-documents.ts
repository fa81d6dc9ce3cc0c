import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { objectIn, textIn } from '../../kernel/json-members.ts';
import { base64Of, bytesOf } from '../messaging/message-json.ts';
import { type Blob, sizeOf } from './blob.ts';
import type { BlobHeaders, Blobs } from './blobs.ts';

/** The most that the files of one export have, in bytes: it is one JSON text. */
const MOST_BYTES = 16 * 1024 * 1024;

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly headers: BlobHeaders;
}

/** The uploaded files, oldest first, as far as there is room for them; then the names of the others. */
export const exportFiles = (blobs: Pick<Blobs, 'entries'>): JsonObject => {
  const files: JsonObject[] = [];
  const filesLeftOut: string[] = [];
  let left = MOST_BYTES;
  for (const { key, value } of blobs.entries()) {
    const size = sizeOf(value.content);
    if (size > left) filesLeftOut.push(key);
    else {
      left -= size;
      files.push(renderFile(key, value));
    }
  }
  return { files, filesLeftOut };
};

/** Puts the files of an export into the store when it is called. Throws ArgumentInvalid, and then has changed nothing. */
export const importFiles = (document: Json, free: number): ((blobs: Pick<Blobs, 'put'>) => void) => {
  const list = (isObject(document) ? own(document, 'files') : undefined) ?? [];
  if (!Array.isArray(list) || !list.every(isObject)) throw mistake("'files' must be an array of objects.");
  const most = Math.min(MOST_BYTES, free);
  // before they are decoded, which takes a while
  if (list.reduce((sum, file) => sum + decodedSize(file), 0) > most) throw mistake('The files are too large.');
  const files = list.map(readFile);
  return (blobs) => {
    for (const { name, bytes, headers } of files) blobs.put(name, bytes, headers);
  };
};

const renderFile = (blobName: string, { content, headers, modifiedAt }: Blob): JsonObject => ({
  blobName,
  lastUpdatedTime: timestamp(modifiedAt),
  headers,
  content: content.map(base64Of),
});

const readFile = (document: JsonObject): File => {
  const name = textIn(document, 'blobName') ?? '';
  const content = own(document, 'content');
  const headers = Object.entries(objectIn(document, 'headers'));
  if (name === '' || !Array.isArray(content) || headers.some(([, value]) => typeof value !== 'string'))
    throw mistake('A file has a blobName, headers that are texts, and content in base64.');
  return { name, bytes: joined(content), headers: Object.fromEntries(headers) as BlobHeaders }; // as checked
};

/** At least, in bytes: of base64, four characters are three bytes, and up to two of them padding. */
const decodedSize = (document: JsonObject): number => {
  const content = own(document, 'content');
  if (!Array.isArray(content)) return 0;
  return content.reduce<number>((sum, piece) => sum + Math.max(0, (String(piece).length * 3) / 4 - 2), 0);
};

const joined = (pieces: readonly Json[]): Uint8Array => {
  try {
    const parts = pieces.map((piece) => bytesOf(String(piece)));
    const bytes = new Uint8Array(sizeOf(parts));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  } catch {
    throw mistake('The content of a file is not base64.');
  }
};

const mistake = (text: string): HubError => new HubError('ArgumentInvalid', text);
