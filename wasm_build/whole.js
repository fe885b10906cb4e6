// Stands in the place of web/lib/origin.js in the package, where the library is one function, `moonflow(load)`, in one file.
// Its own text is the code of its threads: no second copy of the library, no address that a bundler could lose or another
// origin forbid, and nothing that is evaluated from a string in the page. A tool that rewrites the function so that it needs
// names from outside of it breaks its worker, not the page: spawn then takes the next way.
/* global moonflow, load */

import * as server from './server.js';

export const text = `(${moonflow})()`;
export const startFile = undefined;
export const addressOf = undefined;

const absent = 'this file of the library comes without it';
/** Handed in by the module around, since a thread made of text cannot import what lies beside a file. */
export const loadThreaded = () => load?.() ?? Promise.reject(new Error(absent));

export const loadServer = async () => server;
