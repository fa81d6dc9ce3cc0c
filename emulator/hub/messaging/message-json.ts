import type { Json } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Codec } from '../../kernel/change-feed.ts';

/** Messages as JSON, with the body in base64. */
export const messageJson: Codec<Message> = {
  version: 1,
  toJson: ({ body, properties, system }) => ({ body: base64Of(body), properties, system }) as unknown as Json, // texts
  fromJson: (json) => {
    const { body, properties, system } = json as unknown as Omit<Message, 'body'> & { readonly body: string }; // written by toJson
    return { body: bytesOf(body), properties, system };
  },
};

export const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  // a function has a limit of arguments
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
};

const PIECE = 8192;

/** Throws for a text that is not base64. */
export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
