import { nearest } from '../../protocol/nearest.ts';
import { OPTION_NAMES, variableOf } from './option-sources.ts';

const PREFIX = 'IOTHUB_EMULATOR_';

/** Environment variables beside the options of a start. */
export const OTHER_VARIABLES = [
  {
    name: 'IOTHUB_CONNECTION_STRING',
    meaning: 'The hub that `device`, `twin`, `query` and `method` use, if --login is not given',
  },
  { name: 'IOTHUB_CA_FILE', meaning: 'The file of the CA that these commands trust' },
  { name: 'IOTHUB_EMULATOR_ADMIN_URL', meaning: 'The emulator that commands talk to, if --admin-url is not given' },
] as const;

/** Environment variables with which programs find a hub and trust it. */
export const PROGRAM_VARIABLES = [
  { name: 'IOTHUB_CONNECTION_STRING', meaning: 'The connection string for service apps' },
  { name: 'IOTHUB_DEVICE_CONNECTION_STRING', meaning: 'That of the device, if exactly one is named' },
  {
    name: 'IOTHUB_DEVICE_CONNECTION_STRING_<ID>',
    meaning: 'That of each of several devices that are named: in capitals, with _ for all but letters and digits',
  },
  { name: 'IOTHUB_EVENTHUB_CONNECTION_STRING', meaning: 'That of the built-in event hub, for clients of Event Hubs' },
  { name: 'IOTHUB_EMULATOR_ADMIN_URL', meaning: 'The admin API' },
  { name: 'IOTHUB_EMULATOR_ADMIN_TOKEN', meaning: 'Its token, if it requires one' },
  { name: 'IOTHUB_CA_FILE', meaning: 'The development CA' },
  { name: 'NODE_EXTRA_CA_CERTS', meaning: 'The development CA, for Node' },
  { name: 'SSL_CERT_FILE', meaning: 'A bundle of roots with the development CA, for OpenSSL and Python' },
  { name: 'REQUESTS_CA_BUNDLE', meaning: 'The same bundle, for the Python package requests and for az' },
  { name: 'NODE_OPTIONS', meaning: '`exec --ports random` only: redirects connections of programs on Node' },
] as const;

/** Set for programs, and not read by commands. */
const SET_FOR_PROGRAMS = ['IOTHUB_EMULATOR_INTERCEPT', 'IOTHUB_EMULATOR_COMMAND'];

/** Warnings of variables that look like ours and mean nothing. */
export const unknownVariables = (environment: Readonly<Record<string, string | undefined>>): string[] => {
  const known = [...OPTION_NAMES.map(variableOf), ...OTHER_VARIABLES.map(({ name }) => name), ...SET_FOR_PROGRAMS];
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `There is no variable ${name}${meant === undefined ? '' : `: did you mean ${meant}?`}`;
    });
};
