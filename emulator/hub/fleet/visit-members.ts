import type { TableView } from '../../kernel/table.ts';
import type { Member } from './member.ts';

const ROWS_PER_STEP = 100;

/** Calls `visit` for the rows of some tables, as of one moment; yields between short slices. */
export function* visitMembers(
  tables: readonly Pick<TableView<Member>, 'view'>[],
  visit: (member: Member) => void,
): Generator<void, void> {
  const views = tables.map((table) => table.view());
  try {
    for (const view of views)
      for (let slot = 0; slot < view.end; slot++) {
        const member = view.at(slot);
        if (member !== undefined) visit(member);
        if (slot % ROWS_PER_STEP === 0) yield;
      }
  } finally {
    for (const view of views) view.close();
  }
}
