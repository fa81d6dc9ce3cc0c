import { keyOf, resourceOf } from '../../protocol/identity-key.ts';
import { hmac } from '../../protocol/sas.ts';
import { ArgumentError, FormatError } from './errors.ts';

/** The time one hour from now, in seconds since 1970. */
export const anHourFromNow = (): number => Math.ceil(Date.now() / 1000 + 3600);

/** encodeURIComponent that also encodes `!'()*` (in lower-case hexadecimal, as azure-iot-common does). */
export const encodeUriComponentStrict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);

/** The resource of a token (`host/devices/d[/modules/m]`), and the policy that signs it. */
export interface SigningCredentials {
  readonly host: string;
  readonly deviceId: string;
  readonly moduleId?: string | undefined;
  readonly sharedAccessKeyName?: string | undefined;
}

/** A shared access signature; the fields contain their text as in the token. */
export class SharedAccessSignature {
  sr = '';
  se: string | number = '';
  sig = '';
  skn = '';
  #key = '';

  /** Signs again with another expiry, in seconds since 1970. */
  extend(expiry: number): string {
    if (!expiry) throw new ReferenceError(`expiry is ${expiry}`);
    this.se = expiry;
    this.sig = signature(this.#key, `${this.sr}\n${expiry}`);
    return this.toString();
  }

  toString(): string {
    const fields = (['sr', 'sig', 'skn', 'se'] as const).filter((name) => this[name]);
    return `SharedAccessSignature ${fields.map((name) => `${name}=${this[name]}`).join('&')}`;
  }

  /** `resourceUri` is used in the token unchanged; `expiry` in seconds since 1970. Throws ReferenceError if one is missing. */
  static create(
    resourceUri: string,
    keyName: string | null | undefined,
    key: string,
    expiry: string | number,
  ): SharedAccessSignature {
    for (const [name, value] of Object.entries({ resourceUri, key, expiry }))
      if (!value) throw new ReferenceError(`Argument '${name}' is ${value}`);
    const token = new SharedAccessSignature();
    token.#key = key;
    token.sr = resourceUri;
    token.skn = keyName ? encodeUriComponentStrict(keyName) : '';
    token.se = expiry;
    token.sig = signature(key, `${resourceUri}\n${expiry}`);
    return token;
  }

  /** For keys that never leave their device: `sign` gets the text and returns the raw signature in its callback. */
  static createWithSigningFunction(
    credentials: SigningCredentials,
    expiry: number,
    sign: (text: Buffer, done: (error: Error | null, signed?: Buffer) => void) => void,
    done: (error: Error | null, token?: SharedAccessSignature) => void,
  ): void {
    for (const [name, value] of Object.entries({ credentials, expiry, signingFunction: sign, callback: done }))
      if (!value) throw new ReferenceError(`Argument '${name}' is ${value}`);
    const token = new SharedAccessSignature();
    token.sr = encodeUriComponentStrict(resourceUriOf(credentials));
    token.se = expiry;
    token.skn = credentials.sharedAccessKeyName ? encodeUriComponentStrict(credentials.sharedAccessKeyName) : '';
    sign(Buffer.from(`${token.sr}\n${expiry}`), (error, signed) => {
      if (error || !signed) return done(error);
      token.sig = encodeUriComponentStrict(signed.toString('base64'));
      done(null, token);
    });
  }

  /** Throws FormatError if `source` is not a token, ArgumentError if one of `requiredFields` is missing. */
  static parse(source: string, requiredFields: readonly string[] = []): SharedAccessSignature {
    const [word, fields, ...more] = String(source).split(/\s/);
    if (!word?.includes('SharedAccessSignature') || fields === undefined || more.length > 0)
      throw new FormatError('Malformed signature');
    const found = new Map<string, string>();
    for (const field of fields.split('&')) {
      const at = field.indexOf('=');
      if (at > 0 && at < field.length - 1) found.set(field.slice(0, at), field.slice(at + 1));
    }
    for (const name of requiredFields)
      if (!found.has(name)) throw new ArgumentError(`The shared access signature is missing the property: ${name}`);
    const token = new SharedAccessSignature();
    for (const name of ['sr', 'se', 'sig', 'skn'] as const) token[name] = found.get(name) ?? '';
    return token;
  }
}

/** The resource of a device's or module's token, not encoded. */
export const resourceUriOf = ({ host, deviceId, moduleId }: SigningCredentials): string =>
  `${host}/${resourceOf(keyOf({ deviceId, moduleId: moduleId || undefined }))}`;

const signature = (key: string, text: string): string => encodeUriComponentStrict(hmac(key, text).toString('base64'));
