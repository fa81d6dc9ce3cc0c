import type { ReadonlySignal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Client } from '../api/client.ts';
import type { Service } from '../api/service.ts';
import type { Stream } from '../api/stream.ts';
import type { Info } from '../api/types.ts';
import { hrefOf, type Navigation } from '../url/location.ts';
import type { Drafts } from './drafts.ts';
import type { Fleet } from './fleet.ts';
import type { Marks } from './marks.ts';
import type { Notices } from './notices.ts';
import type { Recent } from './recent.ts';

/** What all screens share: one hub, as long as the page shows it. */
export interface App {
  /** The hub's name in addresses of this page. */
  readonly hub: string;
  readonly info: ReadonlySignal<Info>;
  readonly client: Client;
  readonly service: Service;
  readonly stream: Stream;
  readonly navigation: Navigation;
  readonly fleet: Fleet;
  readonly marks: Marks;
  readonly recent: Recent;
  readonly drafts: Drafts;
  readonly notices: Notices;
  /** The hub's time in ms, told once a second. */
  readonly now: ReadonlySignal<number>;
  /** Whether this build has an operation, such as `GET /traffic`. */
  offers(operation: string): boolean;
}

export const AppContext = createContext<App | undefined>(undefined);

export const useApp = (): App => {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('Screens are drawn inside the page');
  return app;
};

/** The address of a view of this hub. */
export const linkTo = (app: App, path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}) =>
  hrefOf(app.hub, path, query);
