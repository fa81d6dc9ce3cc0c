import type { MethodAnswer } from '../../../hub/messaging/method.ts';
import { twinEtag } from '../../../hub/twins/twin.ts';
import { type JsonText, jsonTextOf } from '../../../kernel/json-text.ts';
import { type Answer, ok, okText } from '../../http/response.ts';
import { type HubRoute, json, jsonText, route, SERVICE_CONNECT } from '../route.ts';

const TWIN = '/digitaltwins/:deviceId';

/** The payload of a command; null for an empty body. Throws ArgumentInvalid. */
const payload = (bytes: Buffer): JsonText => (bytes.length === 0 ? jsonTextOf(null) : jsonText(bytes));

/** NaN if a text is not a number: the hub rejects it. */
const timeouts = (query: ReadonlyMap<string, string>) => {
  const seconds = (name: string): number | undefined => {
    const text = query.get(name);
    return text ? Number(text) : undefined;
  };
  return {
    connectTimeoutInSeconds: seconds('connecttimeoutinseconds'),
    responseTimeoutInSeconds: seconds('responsetimeoutinseconds'),
  };
};

const commandAnswer = ({ status, payload: { text } }: MethodAnswer): Answer =>
  okText(text, { 'x-ms-command-statuscode': String(status) });

const commandReaders = { body: payload, query: timeouts, reachesDevice: true };

/** https://learn.microsoft.com/rest/api/iothub/service/digital-twin */
export const digitalTwins: readonly HubRoute[] = [
  route('GET', TWIN, SERVICE_CONNECT, {}, (hub, { params: { deviceId } }) =>
    ok(hub.digitalTwins.get(deviceId), { etag: `"${twinEtag(hub.twins.get(deviceId).twin.etag)}"` }),
  ),
  route('PATCH', TWIN, SERVICE_CONNECT, { body: json }, (hub, { params: { deviceId }, body, ifMatch }) => {
    const { twin } = hub.digitalTwins.patch(deviceId, body, ifMatch);
    const location = `https://${hub.hostName}/digitaltwins/${encodeURIComponent(deviceId)}`;
    return { status: 202, headers: { etag: `"${twinEtag(twin.etag)}"`, location } };
  }),
  route('POST', `${TWIN}/commands/:name`, SERVICE_CONNECT, commandReaders, async (hub, call) => {
    const { deviceId, name } = call.params;
    return commandAnswer(await hub.digitalTwins.command(deviceId, { name, payload: call.body, ...call.query }));
  }),
  route(
    'POST',
    `${TWIN}/components/:component/commands/:name`,
    SERVICE_CONNECT,
    commandReaders,
    async (hub, { params: { deviceId, component, name }, body, query }) =>
      commandAnswer(await hub.digitalTwins.command(deviceId, { component, name, payload: body, ...query })),
  ),
];
