/** @file A Jupyter Notebook server of Debian's Python, with a folder of its own for everything that it reads and writes. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The address is the first line of this kind. */
const ADDRESS = /Jupyter Notebook (\S+) is running at|(http:\/\/127\.0\.0\.1:\d+)\//;

/** A notebook that has one cell, not yet run. @param {string} source */
export const notebookOf = (source) =>
  JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, metadata: {}, source, outputs: [] }],
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 4,
  });

/** Starts the server on a free port and waits until it listens. */
export async function jupyter() {
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-jupyter-'));
  const env = {
    ...{ ...process.env, HOME: folder, IPYTHONDIR: join(folder, '.ipython') },
    JUPYTER_CONFIG_DIR: join(folder, '.config'),
    JUPYTER_DATA_DIR: join(folder, '.data'),
    JUPYTER_RUNTIME_DIR: join(folder, '.runtime'),
  };
  const open = ['--NotebookApp.token=', '--NotebookApp.password=', '--allow-root'];
  const where = ['--ip=127.0.0.1', '--no-browser', `--notebook-dir=${folder}`];
  const words = ['-m', 'notebook', ...open, ...where];
  const server = spawn('/usr/bin/python3', words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(server, 'exit');
  /** The server ends its kernels before itself. */
  const close = async () => {
    server.kill();
    await exit;
    rmSync(folder, { recursive: true });
  };
  /** @param {string} path @param {string} text */
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  let said = '';
  let version = '';
  for await (const line of createInterface(server.stderr)) {
    said += `${line}\n`;
    const [, named, origin] = ADDRESS.exec(line) ?? [];
    version ||= named;
    if (origin) {
      // What nobody reads must not fill the pipe.
      server.stderr.resume();
      return { folder, write, close, origin, version: `notebook ${version}` };
    }
  }
  throw new Error(said);
}
