import { createHmac, timingSafeEqual } from 'node:crypto';

/** A shared access signature as it was sent. */
export interface SasToken {
  /** The resource exactly as in the token, as it was signed. */
  readonly signedResource: string;
  /** The resource, decoded. */
  readonly resource: string;
  /** base64 HMAC-SHA256. */
  readonly signature: string;
  /** Expiry exactly as in the token, as it was signed. */
  readonly signedExpiry: string;
  /** Expiry in seconds since 1970, UTC. */
  readonly expiry: number;
  /** The shared access policy; undefined if a device's own key signed. */
  readonly policy: string | undefined;
}

const PREFIX = 'SharedAccessSignature ';

/**
 * Reads `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, fields in any order; undefined if the text is not a token.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas
 */
export const parseSas = (text: string): SasToken | undefined => {
  if (!text.startsWith(PREFIX)) return undefined;
  const fields = new Map<string, string>();
  for (const part of text.slice(PREFIX.length).split('&')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at).trim(), part.slice(at + 1));
  }
  const sr = fields.get('sr');
  const sig = decode(fields.get('sig'));
  const se = fields.get('se');
  const resource = decode(sr);
  if (!sr || !resource || !sig || !se || !/^\d{1,15}$/.test(se)) return undefined;
  const policy = decode(fields.get('skn'));
  return {
    signedResource: sr,
    resource,
    signature: sig,
    signedExpiry: se,
    expiry: Number(se),
    policy: policy || undefined,
  };
};

/** True if one of the `keys` made the signature (base64 as text, or bytes); takes the same time whichever fails. */
export const verifySas = (token: SasToken, keys: readonly (string | Uint8Array)[]): boolean => {
  const given = Buffer.from(token.signature, 'base64');
  let valid = false;
  for (const key of keys) {
    const expected = hmac(key, `${token.signedResource}\n${token.signedExpiry}`);
    if (given.length === expected.length && timingSafeEqual(given, expected)) valid = true;
  }
  return valid;
};

/** The content of a token: the resource, not encoded (`host/devices/d`), and the expiry in seconds since 1970. */
export interface SasClaims {
  readonly resource: string;
  readonly key: string;
  readonly expiry: number;
  readonly policy?: string;
}

/** Creates a token as azure-iot-common does: sr, sig, [skn,] se. */
export const signSas = ({ resource, key, expiry, policy }: SasClaims): string => {
  const sr = encodeURIComponent(resource);
  const sig = encodeURIComponent(hmac(key, `${sr}\n${expiry}`).toString('base64'));
  return `${PREFIX}sr=${sr}&sig=${sig}${policy ? `&skn=${encodeURIComponent(policy)}` : ''}&se=${expiry}`;
};

/** HMAC-SHA256; a `key` given as text is base64. */
export const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', typeof key === 'string' ? Buffer.from(key, 'base64') : key)
    .update(text, 'utf8')
    .digest();

const decode = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};
