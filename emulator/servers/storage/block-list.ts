import type { ListedBlock } from '../../hub/files/blob.ts';
import { StorageError } from '../../hub/files/storage-error.ts';

/**
 * Reads the body of Put Block List. Only this document is XML here: no parser is needed, and entities and the like are refused.
 * Throws InvalidXmlDocument. https://learn.microsoft.com/rest/api/storageservices/put-block-list#request-body
 */
export const readBlockList = (text: string): ListedBlock[] => {
  const inner = contentOf(text.replace(/^\uFEFF/, '').trim());
  const blocks: ListedBlock[] = [];
  let end = 0;
  for (const { 0: whole, 1: kind, 2: id = '', index } of inner.matchAll(BLOCK)) {
    if (inner.slice(end, index).trim() !== '') throw invalid();
    blocks.push({ kind: kindOf(kind), id: id.trim() });
    end = index + whole.length;
  }
  if (inner.slice(end).trim() !== '') throw invalid();
  return blocks;
};

/** What is in the root element. Without one long expression, which would take long for hostile texts. */
const contentOf = (document: string): string => {
  const begin = document.startsWith('<?xml') ? document.indexOf('?>') + 2 : 0;
  const root = document.slice(begin).trimStart();
  if (/^<BlockList ?\/>$/.test(root)) return '';
  if (!root.startsWith(OPENING) || !root.endsWith(CLOSING)) throw invalid();
  return root.slice(OPENING.length, -CLOSING.length);
};

const OPENING = '<BlockList>';
const CLOSING = '</BlockList>';
const BLOCK = /<(Latest|Committed|Uncommitted)>([^<]*)<\/\1>/g;

const kindOf = (name: string | undefined): ListedBlock['kind'] =>
  name === 'Committed' || name === 'Uncommitted' ? name : 'Latest';

const invalid = (): StorageError => new StorageError('InvalidXmlDocument', 'XML specified is not syntactically valid.');
