import type { IdentityDocument } from '../../api/documents.ts';

type KeyName = 'primaryKey' | 'secondaryKey';

const withKeys = (identity: IdentityDocument, keys: Partial<Record<KeyName, string | null>>): IdentityDocument => ({
  ...identity,
  authentication: {
    ...identity.authentication,
    symmetricKey: { ...identity.authentication.symmetricKey, ...keys },
  },
});

/** With a new random key of 32 bytes. */
export const regenerated = (identity: IdentityDocument, name: KeyName): IdentityDocument =>
  withKeys(identity, { [name]: btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))) });

export const swapped = (identity: IdentityDocument): IdentityDocument => {
  const { primaryKey, secondaryKey } = identity.authentication.symmetricKey;
  return withKeys(identity, { primaryKey: secondaryKey, secondaryKey: primaryKey });
};
