import { isUtf8 } from 'node:buffer';
import type { MessageBody } from '../protocol/admin/messages.ts';

/** The body of a message as text, or as `{"base64": …}` if it is not UTF-8. */
export const plainBody = (body: Uint8Array): MessageBody => {
  const bytes = Buffer.from(body);
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
};

export const bytesOfBody = (body: MessageBody): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.base64, 'base64');
