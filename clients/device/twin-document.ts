import { isObject, type Json } from '../../protocol/json.ts';
import type { TwinDocument } from './transport.ts';

/** The twin in what the hub answered; a section that is missing is empty. */
export const twinDocumentOf = (body: Json | undefined): TwinDocument => {
  const { desired, reported } = isObject(body) ? body : {};
  return { desired: isObject(desired) ? desired : {}, reported: isObject(reported) ? reported : {} };
};
