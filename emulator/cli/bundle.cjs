'use strict';

const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

exports.load = load;

/**
 * Loads a CommonJS bundle with V8's compiled code from the file next to it, which halves the time of a start.
 * `keep` writes that file once the code that a start needs has run; V8 itself rejects code of another version. What the bundle
 * requires from beside it are bundles, too, which are loaded in the same way when they are needed; their code is written a while
 * after that.
 * This file runs before the bundle is loaded, so it imports nothing of it and replaces files by itself.
 */
function load(file) {
  const cache = `${file}.${process.version}-${process.arch}.v8`;
  const cachedData = read(cache);
  // the bundle is ASCII, and one byte per character is the fastest to read
  const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'latin1')}\n})`;
  const script = new vm.Script(source, { filename: file, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireFor(file), module, file, dirname(file));
  const isFresh = cachedData !== undefined && !script.cachedDataRejected;
  return { exports: module.exports, keep: isFresh ? () => {} : () => setImmediate(() => write(cache, script)) };
}

const LATER_MS = 1000;

function requireFor(file) {
  const requireFrom = createRequire(file);
  const parts = new Map();
  const part = (name) => {
    if (parts.has(name)) return parts.get(name);
    const { exports, keep } = load(join(dirname(file), name));
    parts.set(name, exports);
    setTimeout(keep, LATER_MS).unref();
    return exports;
  };
  return Object.assign((name) => (name.startsWith('./') ? part(name) : requireFrom(name)), requireFrom);
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function write(file, script) {
  try {
    const temporary = `${file}.${process.pid}.new`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, file);
  } catch {
    // without write access to the folder each start compiles again
  }
}
