import type { Hub } from '../../../hub/hub.ts';

/** The partition of this id; undefined if there is none. */
export const partitionIn = ({ stream }: Hub, id: string): number | undefined =>
  /^\d{1,4}$/.test(id) && Number(id) < stream.partitions ? Number(id) : undefined;
