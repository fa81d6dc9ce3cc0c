import type { Json } from '../../../../protocol/json.ts';
import type { Configuration } from '../../../hub/configurations/configuration.ts';
import { configurationEtag } from '../../../hub/configurations/configuration.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type Answer, noContent, ok } from '../../http/response.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { byPolicy, type HubRoute, json, route } from '../route.ts';

const CONFIGURATION = '/configurations/:id';

// the documentation mentions both rights without saying which operation needs which: either is enough
const READ = byPolicy('RegistryRead', 'ServiceConnect');
const WRITE = byPolicy('RegistryWrite', 'ServiceConnect');

type Gone = () => boolean;

/** A configuration document; its ETag header goes in quotes. */
const one = async (hub: Hub, configuration: Configuration, gone: Gone): Promise<Answer> =>
  ok(await runInSlices(hub.configurations.rendering(configuration), gone), {
    etag: `"${configurationEtag(configuration)}"`,
  });

const all = async (hub: Hub, gone: Gone): Promise<Answer> => {
  const documents: Json[] = [];
  for (const each of hub.configurations.list())
    documents.push(await runInSlices(hub.configurations.rendering(each), gone));
  return ok(documents);
};

/** https://learn.microsoft.com/rest/api/iothub/service/configuration */
export const configurations: readonly HubRoute[] = [
  route('GET', '/configurations', READ, {}, (hub, { gone }) => all(hub, gone)),
  route('POST', '/configurations/testQueries', READ, { body: json, isRead: true }, (hub, { body }) =>
    ok(hub.configurations.testQueries(body)),
  ),
  route('GET', CONFIGURATION, READ, {}, (hub, { params, gone }) => one(hub, hub.configurations.get(params.id), gone)),
  route('PUT', CONFIGURATION, WRITE, { body: json }, (hub, { params, body, ifMatch, gone }) =>
    one(hub, hub.configurations.put(params.id, body, ifMatch), gone),
  ),
  route('DELETE', CONFIGURATION, WRITE, {}, (hub, { params, ifMatch }) => {
    hub.configurations.delete(params.id, ifMatch);
    return noContent;
  }),
  route('POST', '/devices/:deviceId/applyConfigurationContent', WRITE, { body: json }, (hub, { params, body }) => {
    hub.configurations.applyContent(params.deviceId, body);
    return noContent;
  }),
];
