import { interceptors } from '../intercept/interceptors.ts';
import { REDIRECT_VARIABLE, type Redirect } from '../intercept/redirect.ts';
import { type CaFile, writeBundle } from './root-bundle.ts';

/** What a client program has to know in order to find a hub and to trust it. */
export interface ClientEnvironment {
  readonly connectionString: string;
  /** The connection string of the built-in event hub. */
  readonly eventHubConnectionString?: string | undefined;
  /** The connection string of the only device, if there is exactly one. */
  readonly deviceConnectionString?: string | undefined;
  /** The connection strings of devices by their ids: each of several gets a variable of its own. */
  readonly devices?: Readonly<Record<string, string>> | undefined;
  readonly adminUrl?: string | undefined;
  readonly adminToken?: string | undefined;
  /** The development CA; undefined if the user gave a certificate. */
  readonly ca?: CaFile | undefined;
  /** Set if the hub is not on the ports that SDKs have built in. */
  readonly redirect?: Redirect | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variables for client programs. Writes the bundle of roots that some of them name. */
export const variablesFor = (client: ClientEnvironment, inherited: Variables): Record<string, string> => ({
  ...defined({
    IOTHUB_CONNECTION_STRING: client.connectionString,
    IOTHUB_EVENTHUB_CONNECTION_STRING: client.eventHubConnectionString,
    IOTHUB_DEVICE_CONNECTION_STRING: client.deviceConnectionString,
    ...deviceVariables(client.devices ?? {}),
    IOTHUB_EMULATOR_ADMIN_URL: client.adminUrl,
    IOTHUB_EMULATOR_ADMIN_TOKEN: client.adminToken,
  }),
  ...(client.ca === undefined ? {} : trustVariables(client.ca, inherited)),
  ...redirectVariables(client.redirect, inherited),
});

/** `IOTHUB_DEVICE_CONNECTION_STRING_LAMP_1` for `lamp-1`; of ids that give the same name the first one has it. */
const deviceVariables = (devices: Readonly<Record<string, string>>): Record<string, string> => {
  const found: Record<string, string> = {};
  const all = Object.entries(devices);
  for (const [id, text] of all.length > 1 ? all : [])
    found[`IOTHUB_DEVICE_CONNECTION_STRING_${id.replace(/\W/g, '_').toUpperCase()}`] ??= text;
  return found;
};

/** Node adds its variable to the roots that it has. Python's and OpenSSL's variables replace the roots: they get a bundle. */
const trustVariables = (ca: CaFile, inherited: Variables): Record<string, string> => {
  const bundle = writeBundle(ca, inherited.SSL_CERT_FILE);
  return {
    IOTHUB_CA_FILE: ca.file,
    NODE_EXTRA_CA_CERTS: ca.file,
    SSL_CERT_FILE: bundle,
    REQUESTS_CA_BUNDLE: bundle,
  };
};

const redirectVariables = (redirect: Redirect | undefined, inherited: Variables): Record<string, string> => {
  if (redirect !== undefined)
    return Object.assign({}, ...interceptors.map((interceptor) => interceptor.variables(redirect, inherited)));
  // the redirect of a program that `exec` runs, and that starts another emulator, leads elsewhere
  return inherited[REDIRECT_VARIABLE] ? { [REDIRECT_VARIABLE]: '' } : {};
};

const defined = (variables: Variables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
