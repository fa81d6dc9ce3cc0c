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

export const base64Of = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/** Throws for a text that is not base64. */
export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
