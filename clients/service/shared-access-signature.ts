import { SharedAccessSignature } from '../shared/shared-access-signature.ts';

/** A token for a whole hub; `expiry` in seconds since 1970. */
export function create(host: string, policy: string, key: string, expiry: string | number): SharedAccessSignature {
  return SharedAccessSignature.create(host, policy, key, expiry);
}

/** Throws FormatError if `source` is not a token, ArgumentError if a field of a service token is missing. */
export const parse = (source: string): SharedAccessSignature =>
  SharedAccessSignature.parse(source, ['sr', 'sig', 'skn', 'se']);
