import { isObject, type JsonObject, own } from '../../protocol/json.ts';

/**
 * A copy of an identity with an authentication. Without one, it gets empty symmetric keys, which the hub generates.
 * Without `type`, the type follows from the given keys or thumbprints (azure-iothub 1.16.6, registry.js
 * `_normalizeAuthentication`).
 */
export const withAuthentication = (identity: object): JsonObject => {
  const copy: JsonObject = JSON.parse(JSON.stringify(identity));
  const authentication = own(copy, 'authentication');
  if (authentication === undefined)
    return { ...copy, authentication: { type: 'sas', symmetricKey: { primaryKey: '', secondaryKey: '' } } };
  if (!isObject(authentication) || Object.hasOwn(authentication, 'type')) return copy;
  const prints = own(authentication, 'x509Thumbprint');
  const hasPrint = isObject(prints) && Boolean(prints.primaryThumbprint || prints.secondaryThumbprint);
  return { ...copy, authentication: { ...authentication, type: hasPrint ? 'selfSigned' : 'sas' } };
};
