/** As Azure's portal calls them. */
export const AUTHENTICATION: Readonly<Record<string, string>> = {
  sas: 'symmetric key',
  selfSigned: 'X.509 self-signed',
  certificateAuthority: 'X.509 CA',
  none: 'none',
};
