import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';

/** A JSON schema as a type in the notation of TypeScript, with descriptions as comments. */
export const schemaText = (schema: JsonObject, indent = ''): string => {
  const alternatives = own(schema, 'anyOf') ?? own(schema, 'oneOf');
  if (Array.isArray(alternatives))
    return [...new Set(alternatives.filter(isObject).map((one) => schemaText(one, indent)))].join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  switch (schema.type) {
    case 'array':
      return listText(isObject(schema.items) ? schema.items : {}, indent);
    case 'object':
      return objectText(schema, indent);
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      return 'any JSON';
  }
};

const listText = (items: JsonObject, indent: string): string => {
  const text = schemaText(items, indent);
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})[]` : `${text}[]`;
};

const objectText = (schema: JsonObject, indent: string): string => {
  const { properties = {}, required, additionalProperties: others } = schema;
  const members = Object.entries(isObject(properties) ? properties : {});
  if (members.length === 0)
    return isObject(others) && Object.keys(others).length > 0 ? `{ [name]: ${schemaText(others, indent)} }` : 'object';
  const inner = `${indent}  `;
  const lines = members.map(([name, member]) => memberText(name, member, { required, indent: inner }));
  const [only = '', ...more] = lines;
  if (more.length === 0 && !only.includes('//') && !only.includes('\n')) return `{ ${only.trim()} }`;
  return ['{', ...lines, `${indent}}`].join('\n');
};

const memberText = (
  name: string,
  member: Json,
  { required, indent }: { readonly required: Json | undefined; readonly indent: string },
): string => {
  const schema = isObject(member) ? member : {};
  const isOptional = !Array.isArray(required) || !required.includes(name);
  const fallback = own(schema, 'default');
  const notes = [
    ...(typeof schema.description === 'string' ? [schema.description] : []),
    ...(fallback === undefined ? [] : [`default ${JSON.stringify(fallback)}`]),
  ];
  const text = `${indent}${name}${isOptional ? '?' : ''}: ${schemaText(schema, indent)}`;
  if (notes.length === 0) return text;
  const comment = notes.join('; ');
  const [head = '', ...rest] = text.split('\n');
  return [`${head} // ${comment}`, ...rest].join('\n');
};
