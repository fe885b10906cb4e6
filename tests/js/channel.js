/** @file A client and a server over a MessageChannel, in one thread. */

import assert from 'node:assert/strict';
import { connect } from '../../web/lib/client.js';
import { serve } from '../../web/lib/server.js';

/** @typedef {import('../../web/lib/client.js').Client} Client */

/** Runs a test with a client of its own. @param {(client: Client, port: MessagePort) => Promise<void>} body */
export async function connected(body) {
  const { port1, port2 } = new MessageChannel();
  serve(port1);
  const client = connect(port2);
  try {
    await body(client, port2);
  } finally {
    await client.dispose();
  }
}

/** @param {Promise<unknown>} promise @param {string} code @param {RegExp} [message] */
export async function rejects(promise, code, message = /./) {
  await assert.rejects(promise, { name: 'MoonflowError', code, message });
}
