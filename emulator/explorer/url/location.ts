import { type ReadonlySignal, signal } from '@preact/signals';

/** Where the page is: `/hub/HUB/PLACE/…?query`. */
export interface Location {
  readonly hub: string;
  readonly path: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

/** What the navigation needs of a browser window. */
export interface Window {
  readonly location: { readonly pathname: string; readonly search: string };
  readonly history: {
    pushState(state: unknown, unused: string, url: string): void;
    replaceState(state: unknown, unused: string, url: string): void;
  };
  addEventListener(type: 'popstate', listener: () => void): void;
}

export interface Navigation {
  readonly location: ReadonlySignal<Location>;
  /** Goes to an address made by `hrefOf`, unless the guard keeps the person here. */
  go(href: string): void;
  /** Changes the query; empty values go. `replace`: without a step in the history, for what is being typed. */
  setQuery(changes: Readonly<Record<string, string | undefined>>, how?: 'replace' | 'push'): void;
  /** Asked before the path changes; false keeps the person here. Returns the way to take it away. */
  guard(mayLeave: () => boolean): () => void;
}

export const createNavigation = (window: Window): Navigation => {
  const read = (): Location => readLocation(window.location.pathname, window.location.search);
  const location = signal(read());
  const guards = new Set<() => boolean>();
  let shown = window.location.pathname + window.location.search;
  const show = (): void => {
    shown = window.location.pathname + window.location.search;
    location.value = read();
  };
  const mayLeave = (): boolean => [...guards].every((guard) => guard());
  const isSamePath = (href: string): boolean => href.split('?', 1)[0] === shown.split('?', 1)[0];
  const push = (href: string): void => {
    window.history.pushState(null, '', href);
    show();
  };

  window.addEventListener('popstate', () => {
    const wanted = window.location.pathname + window.location.search;
    if (isSamePath(wanted) || mayLeave()) show();
    else window.history.pushState(null, '', shown);
  });
  return {
    location,
    go(href) {
      if (isSamePath(href) || mayLeave()) push(href);
    },
    setQuery(changes, how = 'replace') {
      const { hub, path, query } = location.value;
      const href = hrefOf(hub, path, { ...Object.fromEntries(query), ...changes });
      if (how === 'push') window.history.pushState(null, '', href);
      else window.history.replaceState(null, '', href);
      show();
    },
    guard(mayLeaveNow) {
      guards.add(mayLeaveNow);
      return () => guards.delete(mayLeaveNow);
    },
  };
};

/** The address of a view. */
export const hrefOf = (
  hub: string,
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string => {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const where = ['', 'hub', hub, ...path].map(encodeURIComponent).join('/');
  return asked.length === 0 ? where : `${where}?${asked.join('&')}`;
};

export const readLocation = (pathname: string, search: string): Location => {
  const [, prefix, hub = '', ...path] = pathname.split('/').map(decode);
  const query = new Map(new URLSearchParams(search));
  return prefix === 'hub' ? { hub, path: path.filter((part) => part !== ''), query } : { hub: '', path: [], query };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
