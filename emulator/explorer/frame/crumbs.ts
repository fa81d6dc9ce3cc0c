import { PLACES } from './places.ts';

export interface Crumb {
  readonly title: string;
  readonly path: readonly string[];
}

/** The way from the place to what is shown of it. */
export const crumbsOf = (path: readonly string[]): readonly Crumb[] => {
  const [id = 'overview', ...rest] = path;
  const place = PLACES.find((candidate) => candidate.id === id);
  const first: Crumb = { title: place?.title ?? id, path: [id] };
  return [first, ...rest.map((name, index) => ({ title: titleOf(id, name, index), path: path.slice(0, index + 2) }))];
};

/** The tabs of a device are words of ours; everything else is a name. */
const titleOf = (place: string, name: string, index: number): string =>
  place === 'devices' && index === 1 ? (TABS[name] ?? name) : name;

const TABS: Readonly<Record<string, string>> = {
  twin: 'Twin',
  messages: 'Messages',
  methods: 'Methods',
  'cloud-to-device': 'Cloud-to-device',
  modules: 'Modules',
  components: 'Components',
  identity: 'Identity',
  play: 'Play',
  history: 'History',
  traffic: 'Traffic',
};
