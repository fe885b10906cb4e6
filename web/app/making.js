/**
 * A new model from what the dials say, also from what they came to say while it was made.
 */

/**
 * @param {import('../lib/client.js').Client} client
 * @param {import('./dials.js').Dials} dials
 * @param {() => boolean} wanted  whether no other model has been asked for
 * @returns {Promise<import('../lib/client.js').Info>}
 */
export async function make(client, dials, wanted) {
  let sent = dials.config;
  let info = await client.create(sent, dials.extras());
  while (wanted() && sent !== dials.config) {
    const late = dials.since(sent);
    sent = dials.config;
    info = await client.set(late);
  }
  return info;
}
