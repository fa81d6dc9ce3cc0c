import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import { NotThere } from '../parts/card.tsx';
import { Problem } from '../parts/text.tsx';
import { linkTo, useApp } from '../state/app.ts';
import { type Place, placesOf } from './places.ts';

const loaded = new Map<string, ComponentType>();

/** The screen of a place; its code is fetched when it is first opened. */
export const Screens = ({ place: id }: { place: string }) => {
  const app = useApp();
  const place = placesOf(app).find((candidate) => candidate.id === id);
  useEffect(() => {
    document.title = `${place?.title ?? 'Nothing here'} · ${app.hub} · iothub-emulator`;
  }, [place]);
  return place === undefined ? <Missing id={id} /> : <Loaded key={id} place={place} />;
};

const Loaded = ({ place }: { place: Place }) => {
  const [, redraw] = useState(0);
  const [error, fail] = useState<unknown>(undefined);
  const Screen = loaded.get(place.id);
  useEffect(() => {
    if (Screen !== undefined) return;
    place.load().then((module) => {
      loaded.set(place.id, module.Screen);
      redraw(1);
    }, fail);
  }, [place]);
  if (error !== undefined) return <Problem>This part of the page could not be loaded: {messageOf(error)}</Problem>;
  return Screen === undefined ? null : <Screen />;
};

const Missing = ({ id }: { id: string }) => {
  const app = useApp();
  return (
    <NotThere title={`There is no place “${id}” here.`}>
      <p>
        The address may be wrong, or this build of the emulator does not have the feature.{' '}
        <a href={linkTo(app, ['overview'])}>Go to the overview</a>.
      </p>
    </NotThere>
  );
};
