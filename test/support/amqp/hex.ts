/** Bytes from hexadecimal digits; blanks are for people. */
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
