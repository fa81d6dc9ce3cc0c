/** A connection string or token with its secrets shortened: enough to tell one from another, too little to use. */
export const maskKeys = (text: string): string =>
  text.replace(/(SharedAccessKey=)([^;]{4})[^;]*/g, '$1$2…').replace(/(sig=)[^&;]*/g, '$1…');
