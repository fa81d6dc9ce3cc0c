import { expect, test } from 'vitest';
import { createNavigation, hrefOf, readLocation, type Window } from './location.ts';

test('an address holds hub, path and query, whatever characters they have', () => {
  const href = hrefOf('team7', ['devices', "a#%?b'c", 'twin'], { q: 'x=1&y', gone: undefined, empty: '' });
  const url = new URL(href, 'http://localhost');
  expect(href).toBe("/hub/team7/devices/a%23%25%3Fb'c/twin?q=x%3D1%26y");
  expect(readLocation(url.pathname, url.search)).toEqual({
    hub: 'team7',
    path: ['devices', "a#%?b'c", 'twin'],
    query: new Map([['q', 'x=1&y']]),
  });
});

test('an address without a hub is nowhere yet', () => {
  expect(readLocation('/', '')).toEqual({ hub: '', path: [], query: new Map() });
  expect(readLocation('/hub/%E0%A4%A/x', '').hub).toBe('%E0%A4%A');
});

/** A window with a history, without a browser. */
const fakeWindow = (first: string) => {
  const history = [first];
  let at = 0;
  let back = (): void => {};
  const now = () => new URL(history[at] ?? '', 'http://localhost');
  const window: Window = {
    location: {
      get pathname() {
        return now().pathname;
      },
      get search() {
        return now().search;
      },
    },
    history: {
      pushState: (_, __, url) => {
        at += 1;
        history.splice(at, history.length, url);
      },
      replaceState: (_, __, url) => void history.splice(at, 1, url),
    },
    addEventListener: (_, listener) => {
      back = listener;
    },
  };
  const goBack = () => {
    at -= 1;
    back();
  };
  return { window, history, goBack };
};

test('going somewhere is a step in the history, typing into a filter is not', () => {
  const { window, history, goBack } = fakeWindow('/hub/h/overview');
  const navigation = createNavigation(window);
  navigation.go('/hub/h/devices');
  navigation.setQuery({ q: 'a' });
  navigation.setQuery({ q: 'ab' });
  expect(history).toEqual(['/hub/h/overview', '/hub/h/devices?q=ab']);
  goBack();
  expect(navigation.location.value.path).toEqual(['overview']);
});

test('a guard keeps the person where the person is', () => {
  const { window, history, goBack } = fakeWindow('/hub/h/overview');
  const navigation = createNavigation(window);
  navigation.go('/hub/h/devices/d1');
  const stop = navigation.guard(() => false);
  navigation.go('/hub/h/query');
  expect(navigation.location.value.path).toEqual(['devices', 'd1']);
  goBack();
  expect([navigation.location.value.path, history.at(-1)]).toEqual([['devices', 'd1'], '/hub/h/devices/d1']);
  stop();
  navigation.go('/hub/h/query');
  expect(navigation.location.value.path).toEqual(['query']);
});
