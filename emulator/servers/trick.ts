import { createSecureContext, type SecureContext, type TlsOptions } from 'node:tls';
import { mintAuthority, mintServer } from '../certificates/mint.ts';
import type { Residents } from './door.ts';

type NameAsked = NonNullable<TlsOptions['SNICallback']>;

/** Lets befall a handshake what the residents say, as soon as the client has said whom it dials. */
export const trickBy = (residents: Pick<Residents, 'trick'>): NameAsked => {
  let stranger: Promise<SecureContext> | undefined;
  return (name, proceed) => {
    const effect = residents.trick?.(name);
    switch (effect?.type) {
      case 'refuseCertificate':
        stranger ??= strangeContext();
        stranger.then((context) => proceed(null, context), proceed);
        return;
      case 'delay':
        setTimeout(proceed, effect.ms, null).unref();
        return;
      case 'disconnect':
        proceed(new Error('injected fault'));
        return;
      case 'drop':
      case 'blackHole':
        return; // the door ends it when its patience does
      default: // nothing else can be done to who has asked for nothing yet
        proceed(null);
    }
  };
};

/** A certificate that nobody has cause to trust: of a CA that was forgotten at once. */
const strangeContext = async (): Promise<SecureContext> => {
  const now = Date.now();
  const [pair] = await mintServer(mintAuthority(now), ['localhost'], now);
  return createSecureContext(pair);
};
