import { encodeUriComponentStrict, SharedAccessSignature } from '../shared/shared-access-signature.ts';

/** A token for one device; `expiry` in seconds since 1970. */
export function create(host: string, deviceId: string, key: string, expiry: string | number): SharedAccessSignature {
  return SharedAccessSignature.create(encodeUriComponentStrict(`${host}/devices/${deviceId}`), null, key, expiry);
}

/** Throws FormatError if `source` is not a token, ArgumentError if a field is missing. */
export const parse = (source: string): SharedAccessSignature =>
  SharedAccessSignature.parse(source, ['sr', 'sig', 'se']);
