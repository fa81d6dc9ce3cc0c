import type { Json } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import { jsonIn } from './routing-input.ts';

const ENCODINGS: ReadonlySet<string> = new Set(['utf-8', 'utf-16', 'utf-32']);

/**
 * The body of a message that says that it is JSON, and in which encoding; undefined for any other.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-endpoints#azure-storage-as-a-routing-endpoint
 */
export const declaredJson = ({
  body,
  system: { contentType = '', contentEncoding = '' },
}: Message): Json | undefined =>
  contentType.toLowerCase() === 'application/json' && ENCODINGS.has(contentEncoding.toLowerCase())
    ? jsonIn(body, contentEncoding)
    : undefined;
