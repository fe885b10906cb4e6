/** @file The recipes of web/docs as they stand there: a file begins with "In `name`:" and is the block that follows. */

import { readFileSync } from 'node:fs';

/**
 * @param {string} name  of the document
 * @returns {(file: string) => string} the text of a file of it
 */
export function recipe(name) {
  const text = readFileSync(new URL(`../../web/docs/${name}.md`, import.meta.url), 'utf8');
  const blocks = text.matchAll(/^In `([^`]+)`:\n\n```\w*\n([\s\S]*?)^```$/gm);
  const files = new Map([...blocks].map(([, file, body]) => [file, body]));
  return (file) => {
    const body = files.get(file);
    if (body === undefined)
      throw new Error(`${name}.md: got no ${file}; it has ${[...files.keys()]}`);
    return body;
  };
}
