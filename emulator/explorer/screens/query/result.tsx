import { useSignal } from '@preact/signals';
import { isObject, type Json } from '../../../../protocol/json.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, FilterPill } from '../../parts/card.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { Value } from '../../parts/json-tree.tsx';
import { Block, Text } from '../../parts/text.tsx';
import { Cell, VirtualList } from '../../parts/virtual-list.tsx';
import { linkTo, useApp } from '../../state/app.ts';
import { cellOf, columnsOf, type QueryBox } from './data.ts';

/** The rows, as a table or as JSON. */
export const Result = ({ box }: { box: QueryBox }) => {
  const { offers } = useApp();
  const isJson = useSignal(false);
  const rows = box.rows.value;
  if (!offers('GET /service/*')) return <Empty title="This build tells how a query runs, but not its rows." />;
  if (rows === undefined) return <Empty title="Run a query to see its rows." />;
  return (
    <section class="card result" aria-label="Result">
      <header>
        <span class="row">
          <FilterPill on={!isJson.value} run={() => (isJson.value = false)}>
            table
          </FilterPill>
          <FilterPill on={isJson.value} run={() => (isJson.value = true)}>
            JSON
          </FilterPill>
        </span>
        <span class="row">
          {box.hasMore.value && <Button run={box.more}>Next page</Button>}
          <CopyButton text={JSON.stringify(rows, null, 2)} label="of the rows">
            copy JSON
          </CopyButton>
        </span>
      </header>
      {isJson.value ? <Block label="Rows as JSON" value={JSON.stringify(rows, null, 2)} /> : <Table rows={rows} />}
    </section>
  );
};

const Table = ({ rows }: { rows: readonly Json[] }) => {
  const app = useApp();
  const columns = columnsOf(rows);
  const open = (row: Json) => {
    const id = idOf(row);
    if (id !== undefined) app.navigation.go(linkTo(app, ['devices', id]));
  };
  return (
    <VirtualList
      label="Rows"
      items={rows}
      keyOf={(row, index) => `${idOf(row) ?? ''}#${index}`}
      columns={{ template: columns.map(() => 'minmax(90px, 1fr)').join(' ') || '1fr' }}
      head={columns.map(({ name }) => (
        <Cell key={name} head class="cut">
          <Text value={name} />
        </Cell>
      ))}
      row={(row) =>
        columns.map(({ name }) => <ValueCell key={name} value={cellOf(row, name)} isId={name === 'deviceId'} />)
      }
      open={open}
      empty={<Empty title="No row fits." />}
    />
  );
};

const ValueCell = ({ value, isId }: { value: Json | undefined; isId: boolean }) => (
  <Cell class="cut mono">
    {value === undefined ? (
      <span class="faint">—</span>
    ) : isId && typeof value === 'string' ? (
      <a href={linkTo(useApp(), ['devices', value])}>
        <Text value={value} />
      </a>
    ) : (
      <Value value={value} />
    )}
  </Cell>
);

const idOf = (row: Json): string | undefined =>
  isObject(row) && typeof row.deviceId === 'string' ? row.deviceId : undefined;
