import { FilterPill } from '../../parts/card.tsx';
import { useApp } from '../../state/app.ts';
import { CHANGED_PARTS, type ChangedPart } from './versions-data.ts';

/** Chooses the part of a twin that has changed; the address has it. */
export const PartPills = ({ part }: { part: ChangedPart | undefined }) => {
  const { navigation } = useApp();
  return (
    <>
      {CHANGED_PARTS.map((name) => (
        <FilterPill
          key={name}
          on={part === name}
          run={() => navigation.setQuery({ part: part === name ? undefined : name })}
        >
          {name}
        </FilterPill>
      ))}
    </>
  );
};
