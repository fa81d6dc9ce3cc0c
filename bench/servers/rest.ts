import { Authenticator } from '../../emulator/auth/authenticate.ts';
import { deriveFrom } from '../../emulator/auth/derive-key.ts';
import { policies } from '../../emulator/auth/policies.ts';
import { Hub } from '../../emulator/hub/hub.ts';
import { silentLog } from '../../emulator/log.ts';
import { createRestServer } from '../../emulator/servers/rest/server.ts';
import { serve, settings } from './serve.ts';

// the emulator's REST server without its TLS listener

const { port, devices } = settings<{ port: number; devices: number }>();
const hub = new Hub({ derive: deriveFrom(1) });
for (let i = 0; i < devices; i++) hub.registry.create({ deviceId: `d${i}` }, {});
const auth = new Authenticator({
  policies: policies(),
  find: (key) => hub.registry.find(key),
  mode: 'strict',
  log: silentLog,
});
const rest = createRestServer({ hub, auth, log: silentLog });
await rest.ready();
rest.http.listen(port, '127.0.0.1', () => serve({}));
