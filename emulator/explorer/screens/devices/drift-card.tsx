import type { FleetDriftState } from '../../../../protocol/admin/drift.ts';
import { messageOf } from '../../api/client.ts';
import { Card } from '../../parts/card.tsx';
import { Code, Problem } from '../../parts/text.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { useReloading } from '../../state/use-reloading.ts';

const MOST = 8;

/** Which desired properties the fleet has not followed, those that most devices have first. */
export const DriftCard = () => {
  const { client } = useApp();
  const drift = useReloading(
    () => client.get<FleetDriftState>('/drift?limit=0'),
    ({ type }) => /^(?:twin|identity|hub)\./.test(type),
  );
  const found = drift.value.value;
  if (drift.error.value !== undefined) return <Problem>{messageOf(drift.error.value)}</Problem>;
  if (found === undefined) return null;
  const { examined, different, missing, properties } = found;
  return (
    <Card
      title="Drift by property"
      aside={`${count(different)} of ${count(examined)} twins differ from what is desired, ${count(missing)} have not reported it`}
      flush
    >
      {properties.length === 0 ? (
        <p class="nothing faint">Everything that is desired was reported.</p>
      ) : (
        <Properties properties={properties} />
      )}
    </Card>
  );
};

const count = (value: number): string => value.toLocaleString('en');

const Properties = ({ properties }: Pick<FleetDriftState, 'properties'>) => (
  <table class="table tight">
    <thead>
      <tr>
        <th>desired property</th>
        <th>differ</th>
        <th>not reported</th>
        <th>
          <span class="out-of-sight">query</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {properties.slice(0, MOST).map((property) => (
        <Row key={property.path} property={property} />
      ))}
    </tbody>
    {properties.length > MOST && (
      <tfoot>
        <tr>
          <td colSpan={4} class="faint">
            and {count(properties.length - MOST)} more properties
          </td>
        </tr>
      </tfoot>
    )}
  </table>
);

const Row = ({ property: { path, different, missing } }: { property: FleetDriftState['properties'][number] }) => (
  <tr>
    <td>
      <Code value={path} most={80} />
    </td>
    <td>{count(different)}</td>
    <td class="muted">{count(missing)}</td>
    <td>
      <a href={linkTo(useApp(), ['query'], { sql: comparing(path) })}>compare the values</a>
    </td>
  </tr>
);

/** Desired and reported values of a property side by side. */
export const comparing = (path: string): string =>
  `SELECT deviceId, properties.desired.${path} AS desired, properties.reported.${path} AS reported\nFROM devices\nWHERE is_defined(properties.desired.${path})`;
