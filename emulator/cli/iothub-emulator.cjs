#!/usr/bin/env node
'use strict';

const { join } = require('node:path');
const { load } = require('./bundle.cjs');

const { exports: main, keep } = load(join(__dirname, 'main.cjs'));
main.launch(process.argv.slice(2), { warm: keep });
