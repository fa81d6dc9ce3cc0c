import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Right } from '../../auth/policies.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import { isTextTooDeep, TOO_DEEP } from '../../kernel/json-depth.ts';
import { type JsonText, readJsonText } from '../../kernel/json-text.ts';
import { textIn } from '../http/body.ts';
import { type Route, routesOf } from '../http/route.ts';

/**
 * Who may call an operation: service apps with one of the rights, the same or a module that names itself in a header, or the
 * device or module that the path names.
 */
export type HubAuth =
  | { readonly by: 'policy' | 'policy or module'; readonly rights: readonly Right[] }
  | { readonly by: 'device' };

/** One operation of a hub. */
export type HubRoute = Route<Hub, HubAuth, Principal>;

export const route = routesOf<Hub, HubAuth, Principal>();

/** For service apps whose policy has one of `rights`. */
export const byPolicy = (...rights: readonly Right[]): HubAuth => ({ by: 'policy', rights });

export const REGISTRY_READ = byPolicy('RegistryRead');
export const REGISTRY_WRITE = byPolicy('RegistryWrite');
export const SERVICE_CONNECT = byPolicy('ServiceConnect');

/** For service apps, and for modules of Edge devices. */
export const SERVICE_CONNECT_OR_MODULE: HubAuth = { by: 'policy or module', rights: ['ServiceConnect'] };

/** For the device or module that the path names (`:deviceId`, `:moduleId`), with its own token or certificate. */
export const DEVICE: HubAuth = { by: 'device' };

/** Reads a JSON body. Throws ArgumentInvalid. */
export const json = (bytes: Buffer): Json => jsonText(bytes).value;

/** As `json`, with its text. */
export const jsonText = (bytes: Buffer): JsonText => readBodyText(bytes, 'ArgumentInvalid');

/** Reads a twin. Throws IotHubFormatError. */
export const twinJson = (bytes: Buffer): Json => readBodyText(bytes, 'IotHubFormatError').value;

const readBodyText = (bytes: Buffer, code: 'ArgumentInvalid' | 'IotHubFormatError'): JsonText => {
  let read: JsonText;
  try {
    read = readJsonText(textIn(bytes));
  } catch (error) {
    throw new HubError(code, 'The request body is not valid JSON.', {
      hint: `the body is not JSON: ${error instanceof Error ? error.message : error}`,
    });
  }
  if (isTextTooDeep(read))
    throw new HubError('ArgumentInvalid', 'The request body is not valid JSON.', { hint: TOO_DEEP });
  return read;
};
