// imported statically, since import() of a CommonJS package, as which it is bundled, gives only its default export
export { parse, parseDocument, stringify } from 'yaml';
