import { useEffect, useState } from 'preact/hooks';
import { createClient } from '../api/client.ts';
import type { Hosted } from '../api/types.ts';
import { Menu } from '../parts/menu.tsx';
import { useApp } from '../state/app.ts';
import { hrefOf } from '../url/location.ts';

/** Changes to another hub of this emulator; absent where there is one. */
export const HubSwitch = () => {
  const app = useApp();
  const [hubs, setHubs] = useState<readonly Hosted[]>([]);
  useEffect(() => {
    // the list of hubs is the emulator's, so it stands outside of each fork
    if (app.offers('GET /hubs') || app.client.base !== '')
      createClient('')
        .get<readonly Hosted[]>('/hubs')
        .then(setHubs, () => setHubs([]));
  }, []);
  if (hubs.length < 2) return null;
  const items = hubs.map(({ name, connected, devices }) => ({
    title: `${name} · ${connected} of ${devices} connected`,
    run: () => window.location.assign(hrefOf(name, app.navigation.location.value.path)),
  }));
  return <Menu title={app.hub} items={items} side="left" />;
};
