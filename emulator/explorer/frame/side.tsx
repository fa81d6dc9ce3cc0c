import type { Signal } from '@preact/signals';
import { Fragment } from 'preact';
import { linkTo, useApp } from '../state/app.ts';
import type { Place } from './places.ts';

interface SideProps {
  readonly places: readonly Place[];
  readonly current: string;
  readonly isOpen: Signal<boolean>;
}

/** The places, in the order of use. */
export const Side = ({ places, current, isOpen }: SideProps) => (
  <nav class={isOpen.value ? 'side open' : 'side'} aria-label="Places" id="side">
    {places.map((place, index) => (
      <Fragment key={place.id}>
        {place.group !== undefined && place.group !== places[index - 1]?.group && <h2>{place.group}</h2>}
        <Entry place={place} isCurrent={place.id === current} />
      </Fragment>
    ))}
  </nav>
);

const Entry = ({ place, isCurrent }: { place: Place; isCurrent: boolean }) => {
  const app = useApp();
  const count = place.count?.(app);
  return (
    <a
      href={linkTo(app, [place.id])}
      aria-current={isCurrent ? 'page' : undefined}
      aria-keyshortcuts={`g ${place.key}`}
      title={`g ${place.key}`}
    >
      {place.title}
      {count !== undefined && <span class="count">{count}</span>}
    </a>
  );
};
