import type { Json } from '../../../../protocol/json.ts';
import type { MethodAnswer } from '../../../../protocol/method.ts';
import { twinEtag } from '../../../hub/twin.ts';
import { type Answer, ok } from '../../http/answer.ts';
import { json, type Route, route } from '../route.ts';

const TWIN = '/digitaltwins/:deviceId';

/** What a command is given: nothing at all is null. Throws ArgumentInvalid. */
const payload = (bytes: Buffer): Json => (bytes.length === 0 ? null : json(bytes));

/** Not a number where the text is none: the call is refused then. */
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

const answered = ({ status, payload: said }: MethodAnswer): Answer =>
  ok(said, { 'x-ms-command-statuscode': String(status) });

/** https://learn.microsoft.com/rest/api/iothub/service/digital-twin */
export const digitalTwins: readonly Route[] = [
  route('GET', TWIN, 'ServiceConnect', {}, (hub, { params: { deviceId } }) =>
    ok(hub.digitalTwins.get(deviceId), { etag: `"${twinEtag(hub.twins.get(deviceId).twin.etag)}"` }),
  ),
  route('PATCH', TWIN, 'ServiceConnect', { body: json }, (hub, { params: { deviceId }, body, ifMatch }) => {
    const { twin } = hub.digitalTwins.patch(deviceId, body, ifMatch);
    const location = `https://${hub.hostName}/digitaltwins/${encodeURIComponent(deviceId)}`;
    return { status: 202, headers: { etag: `"${twinEtag(twin.etag)}"`, location } };
  }),
  route('POST', `${TWIN}/commands/:name`, 'ServiceConnect', { body: payload, query: timeouts }, async (hub, call) => {
    const { deviceId, name } = call.params;
    return answered(await hub.digitalTwins.command(deviceId, { name, payload: call.body, ...call.query }));
  }),
  route(
    'POST',
    `${TWIN}/components/:component/commands/:name`,
    'ServiceConnect',
    { body: payload, query: timeouts },
    async (hub, { params: { deviceId, component, name }, body, query }) =>
      answered(await hub.digitalTwins.command(deviceId, { component, name, payload: body, ...query })),
  ),
];
