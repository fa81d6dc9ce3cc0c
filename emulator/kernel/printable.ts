/** Text of a user in an error message: at most 150 characters, without control characters. */
export const printable = (text: string): string => text.slice(0, 150).replace(/[^\x20-\x7e]/g, '?');
