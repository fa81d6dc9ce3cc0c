import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own, put } from '../../../protocol/json.ts';
import type { Published } from '../events.ts';
import type { Member } from '../fleet/member.ts';
import { renderDigitalTwin } from '../twins/digital-twin.ts';
import { type Section, type Twin, twinEtag } from '../twins/twin.ts';
import { renderSection } from '../twins/twin-document.ts';
import { idsIn, type Notification } from './notification.ts';

type TwinWrite = Extract<Published, { readonly type: 'twin.updated' | 'twin.reported' | 'twin.replaced' }>;

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#device-twin-change-events */
export const twinChange = (event: TwinWrite): Notification => ({
  source: 'TwinChangeEvents',
  key: event.key,
  messageSource: 'twinChangeEvents',
  schema: 'twinChangeNotification',
  opType: event.type === 'twin.replaced' ? 'replaceTwin' : 'updateTwin',
  body: bodyOf(event),
});

const bodyOf = (event: TwinWrite): JsonObject => {
  const { key, twin } = event;
  switch (event.type) {
    case 'twin.replaced':
      return wholeTwin(key, twin);
    case 'twin.reported':
      return { version: twin.version, properties: { reported: changesIn(twin.reported, event.patch) } };
    case 'twin.updated': {
      const { tags, desired } = event.patch;
      return {
        version: twin.version,
        ...(tags === undefined ? {} : { tags: tags ?? {} }),
        ...(desired === undefined ? {} : { properties: { desired: changesIn(twin.desired, desired ?? {}) } }),
      };
    }
    default:
      return event satisfies never;
  }
};

/** With ids, etag, version, tags, properties and their metadata. */
export const wholeTwin = (key: IdentityKey, twin: Twin): JsonObject => ({
  ...idsIn(key),
  etag: twinEtag(twin.etag),
  version: twin.version,
  ...(twin.tags === undefined ? {} : { tags: twin.tags }),
  properties: { desired: renderSection(twin.desired), reported: renderSection(twin.reported) },
});

/** The changed values, their `$metadata`, and the version. */
const changesIn = ({ metadata, version }: Section, patch: JsonObject): JsonObject => ({
  ...patch,
  $metadata: metadataOf(metadata, patch),
  $version: version,
});

/** The stamps of the section and of what the patch has. */
const metadataOf = (metadata: JsonObject, patch: JsonObject): JsonObject => {
  const shown: Record<string, Json> = {};
  for (const [name, value] of Object.entries(metadata)) if (name.startsWith('$')) put(shown, name, value);
  for (const [name, value] of Object.entries(patch)) {
    const stamp = own(metadata, name);
    if (stamp === undefined) continue;
    put(shown, name, isObject(stamp) && isObject(value) ? metadataOf(stamp, value) : stamp);
  }
  return shown;
};

/**
 * UNCERTAIN: operation type and operations; the documents say only that the body is a JSON patch. Undefined for a device
 * without a model and for modules, which have no digital twin, and for a change of tags.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#digital-twin-change-events
 */
export const digitalTwinChange = (event: TwinWrite, member: Member): Notification | undefined => {
  const names = changedNames(event);
  if (member.twin.modelId === '' || member.identity.moduleId !== undefined || names.length === 0) return undefined;
  const twin = renderDigitalTwin(member);
  const metadata = own(twin, '$metadata');
  return {
    source: 'DigitalTwinChangeEvents',
    key: event.key,
    messageSource: 'digitalTwinChangeEvents',
    schema: 'digitalTwinChangeNotification',
    opType: 'updateDigitalTwin',
    contentType: 'application/json-patch+json',
    body: names.flatMap((name) => [
      // what the service wishes has no value until the device reports one
      ...(own(twin, name) === undefined && event.type !== 'twin.reported' ? [] : [step(`/${name}`, own(twin, name))]),
      ...(isObject(metadata) && own(metadata, name) !== undefined
        ? [step(`/$metadata/${name}`, own(metadata, name))]
        : []),
    ]),
  };
};

const changedNames = (event: TwinWrite): string[] => {
  if (event.type === 'twin.reported') return Object.keys(event.patch);
  if (event.type === 'twin.updated') return Object.keys(event.patch.desired ?? {});
  return [...new Set([...Object.keys(event.twin.desired.values), ...Object.keys(event.twin.reported.values)])];
};

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 has the escapes. */
const step = (path: string, value: Json | undefined): JsonObject =>
  value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };
