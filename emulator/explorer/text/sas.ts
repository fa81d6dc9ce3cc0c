/** A SAS token taken apart, for people. */
export interface DecodedSas {
  readonly resource: string;
  readonly policy: string | undefined;
  readonly signature: string;
  /** ms since 1970, UTC. */
  readonly expiresAt: number;
  /** What is unusual, in words. */
  readonly remarks: readonly string[];
}

/** Reads `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, or says why it cannot. */
export const decodeSas = (text: string): DecodedSas | { readonly problem: string } => {
  const trimmed = text.trim();
  if (!/^SharedAccessSignature\s+/.test(trimmed))
    return { problem: 'A token begins with “SharedAccessSignature ” and goes on with sr=…&sig=…&se=…' };
  const fields = new Map(
    trimmed
      .replace(/^SharedAccessSignature\s+/, '')
      .split('&')
      .map(splitField),
  );
  const missing = ['sr', 'sig', 'se'].filter((name) => !fields.get(name));
  if (missing.length > 0) return { problem: `The token lacks ${missing.join(', ')}.` };
  const expiry = fields.get('se') ?? '';
  if (!/^\d+$/.test(expiry))
    return { problem: `se=${expiry} is not a number: it is the expiry in seconds since 1970.` };
  const resource = decode(fields.get('sr') ?? '');
  return {
    resource,
    policy: fields.has('skn') ? decode(fields.get('skn') ?? '') : undefined,
    signature: decode(fields.get('sig') ?? ''),
    expiresAt: Number(expiry) * 1000,
    remarks: remarksOf(resource, fields, Number(expiry)),
  };
};

const splitField = (part: string): [string, string] => {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const remarksOf = (resource: string, fields: ReadonlyMap<string, string>, expiry: number): readonly string[] => {
  const remarks: string[] = [];
  const isOfDevice = /\/devices\/./i.test(resource);
  if (fields.get('skn') && isOfDevice)
    remarks.push('It is signed by a policy and names a device: it is good for that device only.');
  if (!fields.get('skn') && !isOfDevice)
    remarks.push('It names no policy (skn) and no device (sr=HOST/devices/ID): no hub can tell which key signed it.');
  if (expiry > 32_503_680_000)
    remarks.push(
      'The expiry is beyond the year 3000: it may have been written in milliseconds; the hub reads seconds.',
    );
  if (fields.get('sig')?.includes('+') || fields.get('sig')?.includes('/'))
    remarks.push('The signature is not percent-encoded: some servers read “+” as a blank.');
  return remarks;
};

export interface Claims {
  /** Plain, such as `localhost/devices/d1`. */
  readonly resource: string;
  /** base64. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly expiry: number;
  readonly policy?: string;
}

/**
 * Makes a token as the SDKs do: HMAC-SHA256 over the encoded resource, a line feed and the expiry. Throws an Error where the
 * browser has no cryptography: pages on plain HTTP under a name other than localhost.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas
 */
export const signSas = async ({ resource, key, expiry, policy }: Claims): Promise<string> => {
  const sr = encodeURIComponent(resource);
  const signature = await hmac(key, `${sr}\n${expiry}`);
  const skn = policy === undefined ? '' : `&skn=${encodeURIComponent(policy)}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(signature)}${skn}&se=${expiry}`;
};

/** Whether the key made the token's signature. */
export const isSignedBy = async (token: string, key: string): Promise<boolean> => {
  const { resource, expiresAt, signature } = { resource: '', expiresAt: 0, signature: '', ...decodeSas(token) };
  const [, signedResource = encodeURIComponent(resource)] = /[ &]sr=([^&]*)/.exec(token) ?? [];
  return (await hmac(key, `${signedResource}\n${expiresAt / 1000}`)) === signature;
};

const hmac = async (key: string, text: string): Promise<string> => {
  if (globalThis.crypto?.subtle === undefined)
    throw new Error(
      'The browser signs nothing on this address. Open the page as http://localhost or http://127.0.0.1.',
    );
  const bytes = Uint8Array.from(atob(key), (character) => character.charCodeAt(0));
  const secret = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signed = await crypto.subtle.sign('HMAC', secret, new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signed)));
};
