import type { Configuration } from '../../../hub/configuration.ts';
import { configurationEtag } from '../../../hub/configuration.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type Answer, noContent, ok } from '../../http/answer.ts';
import { json, type Route, route } from '../route.ts';

const CONFIGURATION = '/configurations/:id';

// the documentation gives both policies their share and does not say where it ends: either may
const READ = ['RegistryRead', 'ServiceConnect'] as const;
const WRITE = ['RegistryWrite', 'ServiceConnect'] as const;

/** A configuration document; its ETag header goes in quotes. */
const one = (hub: Hub, configuration: Configuration): Answer =>
  ok(hub.configurations.render(configuration), { etag: `"${configurationEtag(configuration)}"` });

/** https://learn.microsoft.com/rest/api/iothub/service/configuration */
export const configurations: readonly Route[] = [
  route('GET', '/configurations', READ, {}, (hub) =>
    ok(hub.configurations.list().map((each) => hub.configurations.render(each))),
  ),
  route('POST', '/configurations/testQueries', READ, { body: json }, (hub, { body }) =>
    ok(hub.configurations.testQueries(body)),
  ),
  route('GET', CONFIGURATION, READ, {}, (hub, { params }) => one(hub, hub.configurations.get(params.id))),
  route('PUT', CONFIGURATION, WRITE, { body: json }, (hub, { params, body, ifMatch }) =>
    one(hub, hub.configurations.put(params.id, body, ifMatch)),
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
