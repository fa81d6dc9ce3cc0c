import { isObject, type Json, own } from '../../protocol/json.ts';
import { memberIn, parseTolerantly, trimJson } from './tolerant-json.ts';

/**
 * A JSON value and the text in which it was sent. What the service hands on is the text: a value does not keep `1.50`, or the
 * digits of a whole number beyond 2^53.
 */
export interface JsonText {
  readonly text: string;
  readonly value: Json;
}

/** Parses JSON; what JSON.parse refuses is read as Json.NET would read it. Throws SyntaxError. */
export const readJson = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return parseTolerantly(text);
  }
};

/** As `readJson`; the text is kept without what stands around the value. Throws SyntaxError. */
export const readJsonText = (text: string): JsonText => {
  try {
    return { value: JSON.parse(text), text: text.trim() };
  } catch {
    return { value: parseTolerantly(text), text: trimJson(text) };
  }
};

/** The text of a value that was not sent. */
export const jsonTextOf = (value: Json): JsonText => ({ value, text: JSON.stringify(value) });

/** The member `name` of an object; undefined if it is not there, or for any other value. */
export const memberText = ({ text, value }: JsonText, name: string): JsonText | undefined => {
  const member = isObject(value) ? own(value, name) : undefined;
  return member === undefined ? undefined : { value: member, text: memberIn(text, name) ?? 'null' };
};
