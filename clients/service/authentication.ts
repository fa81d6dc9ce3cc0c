import { isObject, type JsonObject, own } from '../../protocol/json.ts';

/**
 * A copy of an identity with a way to authenticate: symmetric keys that the hub shall make when nothing is said,
 * and the `type` that the given keys or thumbprints mean (azure-iothub 1.16.6, registry.js `_normalizeAuthentication`).
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
